package devmail

import "github.com/emersion/go-imap/v2/imapserver"

// Poll tells the client what happened since it was last told.
func (s *session) Poll(w *imapserver.UpdateWriter, allowExpunge bool) error {
	v := s.current()
	if v == nil {
		return nil
	}
	return s.poll(v, w, allowExpunge)
}

// poll keeps the updates of two callers in order: imapserver answers a line
// that is not DONE without waiting for Idle to return.
func (s *session) poll(v *view, w *imapserver.UpdateWriter, allowExpunge bool) error {
	s.pollMu.Lock()
	defer s.pollMu.Unlock()
	return v.tracker.Poll(w, allowExpunge)
}

// Idle pushes changes until stop is closed (RFC 2177). It does not use
// SessionTracker.Idle, which says nothing about mail that came between the last
// command and IDLE until more mail comes.
func (s *session) Idle(w *imapserver.UpdateWriter, stop <-chan struct{}) error {
	s.mu.Lock()
	if s.closed { // imapserver starts us in a goroutine that may come late
		s.mu.Unlock()
		return nil
	}
	s.idling.Add(1)
	v := s.view
	s.mu.Unlock()
	defer s.idling.Done()
	if v == nil {
		<-stop
		return nil
	}
	for {
		if err := s.poll(v, w, true); err != nil {
			return err
		}
		select {
		case <-v.wake:
		case <-stop:
			return nil
		}
	}
}
