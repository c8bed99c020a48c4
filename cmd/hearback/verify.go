package main

import (
	"context"

	"github.com/alexedwards/argon2id"
)

// verifier compares passwords, few at a time: each comparison takes 19 MB and
// tens of milliseconds on purpose, and a flood of sign-ins must not take the
// machine.
type verifier struct{ slots chan struct{} }

func newVerifier() *verifier { return &verifier{slots: make(chan struct{}, 2)} }

func (v *verifier) verify(ctx context.Context, password, hash string) (bool, error) {
	select {
	case v.slots <- struct{}{}:
	case <-ctx.Done():
		return false, ctx.Err()
	}
	defer func() { <-v.slots }()
	return argon2id.ComparePasswordAndHash(password, hash)
}

// hash makes a hash, as few at a time.
func (v *verifier) hash(ctx context.Context, password string) (string, error) {
	select {
	case v.slots <- struct{}{}:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	defer func() { <-v.slots }()
	return hashPassword(password)
}

// hashPassword uses the parameters that OWASP names for argon2id: 19 MiB, two
// passes, one lane.
func hashPassword(password string) (string, error) {
	return argon2id.CreateHash(password, &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32})
}
