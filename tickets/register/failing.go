package register

// FailingAfter is how many letters have to come back from an address, without
// anybody having put it right since, until it is marked.
const FailingAfter = 2

// Failing reports whether the address is marked: letters to it came back twice, so
// that the next one will hardly arrive. Only a person takes the mark off: somebody
// whose mailbox is full writes to us all the same.
func (a Address) Failing() bool { return a.Bounced >= FailingAfter }
