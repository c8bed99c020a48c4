// Package store keeps everything that hearback knows, on SQLite or PostgreSQL.
// It is the only package with SQL, and the only implementation of the ports in
// package tickets.
//
// The SQL is in query/*.sql, one named statement each, in one dialect for both
// databases; query/sqlite and query/postgres hold the few statements that have
// to differ, and say why. Every statement is prepared when the program starts.
// filter.go composes the lists out of fragments from query/filters.sql and out
// of nothing else; who may see what is decided there, inside SQL, before limits,
// counts and snippets.
//
// In statements that run often, "column = ?" is written "column = cast(? as
// bigint)" or "... as text)". SQLite 3.54 plans a statement anew whenever a bare
// parameter in such a comparison is bound again (sqlite3VdbeReprepareOnBind),
// because 0 and 1 might deserve another plan; the driver clears all bindings in
// between, so it is every time, and takes longer than to run the statement.
// Measured: looking up a ledger line 36 µs, with the cast 7 µs.
//
// In the order in which one meets them: open.go, sqlite.go and postgres.go open
// the database, migrate.go brings it to the present schema, queries.go reads the
// statements, session.go runs them, write.go holds transactions and savepoints.
// Raw mail is in raw.go; columns.go says of every text column whether its words
// may ever reach a letter.
package store
