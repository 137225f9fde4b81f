// akqueue-sim: builds the real streams and runs the program.
#include <iostream>
#include <string>
#include <vector>

#include "cli/program.hpp"
#include "cli/standard_input.hpp"

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  akqueue::sim::StandardInput input;
  const std::vector<std::string> args(argv + (argc > 0 ? 1 : 0), argv + argc);
  return akqueue::sim::run_program(argc > 0 ? argv[0] : "akqueue-sim", args, {input, std::cout, std::cerr});
}
