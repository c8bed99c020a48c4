// Package api is hearback's JSON API, /api/v1. The whole table of routes, with
// the permission of each, is on one screen in routes.go; one file per action.
//
// A program signs in with a bearer token that belongs to a member of staff: it
// sees what that person sees, narrowed by the scopes of the token, and what it
// sends passes the same guard. Notes have routes and a permission of their own
// and are part of no other answer.
package api
