package store

import "hearback/tickets"

// What package tickets asks of a store.
var (
	_ tickets.Store       = (*DB)(nil)
	_ tickets.OutboxStore = (*DB)(nil)
	_ tickets.MailStore   = (*DB)(nil)
	_ tickets.ScanStore   = (*DB)(nil)
	_ tickets.Tx          = (*tx)(nil)
)
