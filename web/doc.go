// Package web is hearback on the screen: server-rendered pages that work
// without a script.
//
// The whole table of routes, with the permission of each, is in routes.go; one
// file per page or action. Handlers read within the actor's scope, call one
// verb of the domain and fill a model of web/view. They decide nothing: who may
// see what is decided in SQL and in tickets, what may leave is decided by the
// guard when the letter leaves.
package web
