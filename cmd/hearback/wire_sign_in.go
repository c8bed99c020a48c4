package main

import (
	"context"

	"hearback/tickets"
	"hearback/web"
	"hearback/web/session"
)

// signIn is how staff sign in, as the configuration has it. The key file is made
// at the first start.
func (a *App) signIn() (web.SignIn, error) {
	s := web.SignIn{
		NoPasswords: !a.cfg.SignIn.Passwords, NeedTOTP: a.cfg.SignIn.TOTP != totpOptional, Button: a.cfg.SignIn.OIDC.Button,
		Hash: newVerifier().hash,
	}
	if file := a.cfg.keyFile(); file != "" {
		vault, err := session.OpenVault(file)
		if err != nil {
			return s, err
		}
		s.Vault = vault
	}
	council, ok, err := a.cfg.Provider()
	if ok {
		s.Council = council
	}
	return s, err
}

// groupTeams makes the teams that the groups of the identity provider name.
func (a *App) groupTeams(ctx context.Context) error {
	return a.store.Write(ctx, func(tx tickets.Tx) error {
		for _, g := range a.cfg.SignIn.OIDC.Groups {
			if g.Team == "" {
				continue
			}
			if _, err := teamNamed(ctx, tx, g.Team); err != nil {
				return err
			}
		}
		return nil
	})
}
