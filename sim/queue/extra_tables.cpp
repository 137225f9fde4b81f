#include "queue/extra_tables.hpp"

#include "akqueue/tasks.hpp"
#include "replica/schema.hpp"

namespace akqueue::sim {

void write_extra_table(Database& database, const ExtraTable& extra, std::int64_t tasks) {
  const std::string table = quote_identifier(extra.table);
  const std::string column = quote_identifier(extra.column);
  database.run("CREATE TABLE " + table + " (\n  \"id\" bigint NOT NULL PRIMARY KEY,\n  " + column +
               " uuid NOT NULL,\n  \"note\" text NOT NULL,\n" + "  FOREIGN KEY (" + column + ") REFERENCES " +
               std::string(kTaskTable) + "(message_id) DEFERRABLE INITIALLY DEFERRED)");
  if (tasks > 0) {
    Statement insert = database.prepare("INSERT INTO " + table + " SELECT ?1, message_id, 'row ' || ?1 FROM " +
                                        std::string(kTaskTable) + " WHERE rowid = ?2");
    for (std::int64_t i = 0; i < extra.rows; ++i) {
      const std::int64_t task = extra.rows <= tasks ? i * tasks / extra.rows : i % tasks;
      insert.bind_integer(1, i + 1).bind_integer(2, task + 1).run();
    }
  }
  database.run("CREATE INDEX " + quote_identifier(extra.table + "_1") + " ON " + table + " (" + column + ")");
}

}  // namespace akqueue::sim
