# akqueue_embed(TARGET SYMBOL FILE): compiles FILE into TARGET as `extern const std::string_view akqueue::embedded::SYMBOL`.
# Raw string literals of at most 8,000 bytes each: compilers limit the length of one.
function(akqueue_embed target symbol file)
  get_filename_component(path ${file} ABSOLUTE)
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/embedded/${symbol}.cpp)
  add_custom_command(
    OUTPUT ${generated}
    COMMAND ${CMAKE_COMMAND} -DSYMBOL=${symbol} -DINPUT=${path} -DOUTPUT=${generated}
            -P ${PROJECT_SOURCE_DIR}/cmake/write_embedded.cmake
    DEPENDS ${path} ${PROJECT_SOURCE_DIR}/cmake/write_embedded.cmake
    VERBATIM)
  target_sources(${target} PRIVATE ${generated})
endfunction()
