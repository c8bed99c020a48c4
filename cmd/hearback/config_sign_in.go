package main

import (
	"crypto/x509"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/web/oidc"
)

// SignInConfig is how staff sign in.
type SignInConfig struct {
	Passwords bool   `yaml:"passwords"`
	TOTP      string `yaml:"totp"`     // "required", "optional"
	KeyFile   string `yaml:"key_file"` // "" for data_dir/key
	OIDC      OIDC   `yaml:"oidc"`
}

// OIDC is the council's identity provider; without an issuer there is none.
type OIDC struct {
	Issuer           string                 `yaml:"issuer"`
	ClientID         string                 `yaml:"client_id"`
	ClientSecretEnv  string                 `yaml:"client_secret_env"`
	ClientSecretFile string                 `yaml:"client_secret_file"`
	Button           string                 `yaml:"button"`
	CAFile           string                 `yaml:"ca_file"`
	OwnNetwork       bool                   `yaml:"own_network"`
	Groups           map[string]GroupConfig `yaml:"groups"`
}

// GroupConfig is what a group of the provider stands for.
type GroupConfig struct {
	Role string `yaml:"role"`
	Team string `yaml:"team"`
}

const (
	totpRequired = "required"
	totpOptional = "optional"
)

func (c Config) checkSignIn(k *checker) {
	s := c.SignIn
	k.oneOf("sign_in.totp", s.TOTP, totpRequired, totpOptional)
	if !s.Passwords && s.OIDC.Issuer == "" {
		k.add("sign_in.passwords", "is false, and sign_in.oidc.issuer is missing: nobody could sign in")
	}
	if s.Passwords && s.TOTP == totpRequired && c.keyFile() == "" && c.Database.Engine == "postgres" {
		k.add("sign_in.key_file", "is missing: with data_dir empty, name a file for the key of the authenticator apps, the same for every program")
	}
	o := s.OIDC
	if o.Issuer == "" {
		if o.ClientID != "" || o.ClientSecretEnv != "" || o.ClientSecretFile != "" || len(o.Groups) > 0 {
			k.add("sign_in.oidc.issuer", "is missing: give the address of the council's identity provider")
		}
		return
	}
	u, err := url.Parse(o.Issuer)
	switch {
	case err == nil && u.User != nil: // it may hold a secret: it is not repeated
		k.add("sign_in.oidc.issuer", "holds a name or a password; write the address of the issuer alone")
	case err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "":
		k.add("sign_in.oidc.issuer", "is %q; write the address of the issuer, for example https://login.microsoftonline.com/TENANT-ID/v2.0", o.Issuer)
	case u.Scheme != "https" && (u.Scheme != "http" || !isLoopbackHost(u.Hostname()) || !o.OwnNetwork):
		k.add("sign_in.oidc.issuer", "is %q; it must begin with https://", o.Issuer)
	case slices.ContainsFunc(strings.Split(u.Path, "/"), func(p string) bool {
		return slices.Contains([]string{"common", "organizations", "consumers"}, p)
	}):
		k.add("sign_in.oidc.issuer", "is %q, at which every council and company signs in; put your tenant's id in it", o.Issuer)
	}
	k.required("sign_in.oidc.client_id", o.ClientID, "the application's id")
	k.secret("sign_in.oidc.client_secret", o.ClientSecretEnv, o.ClientSecretFile, true)
	k.caFile("sign_in.oidc", o.CAFile)
	if pem, err := os.ReadFile(o.CAFile); o.CAFile != "" && err == nil && !x509.NewCertPool().AppendCertsFromPEM(pem) {
		k.add("sign_in.oidc.ca_file", "%q holds no certificate", o.CAFile)
	}
	for id, g := range o.Groups {
		if !slices.Contains(access.Roles(), access.Role(g.Role)) {
			k.add(fmt.Sprintf("sign_in.oidc.groups.%s.role", id), "is %q; it can be %s", g.Role, roleNames())
		} else if g.Role == string(access.RoleAuditor) {
			k.add(fmt.Sprintf("sign_in.oidc.groups.%s.role", id), "auditors are invited one at a time, each until a day")
		}
	}
}

// keyFile is where the key of the authenticator apps is; "" without a place for it.
func (c Config) keyFile() string {
	if c.SignIn.KeyFile != "" || c.DataDir == "" {
		return c.SignIn.KeyFile
	}
	return filepath.Join(c.DataDir, "key")
}

// Provider is the council's identity provider; ok is false without one.
func (c Config) Provider() (p *oidc.Provider, ok bool, err error) {
	o := c.SignIn.OIDC
	if o.Issuer == "" {
		return nil, false, nil
	}
	var roots *x509.CertPool
	if o.CAFile != "" {
		pem, err := os.ReadFile(o.CAFile)
		if err != nil {
			return nil, false, fmt.Errorf("the certificate authority cannot be read: %w", err)
		}
		roots = x509.NewCertPool()
		if !roots.AppendCertsFromPEM(pem) {
			return nil, false, fault.Newf(fault.Invalid, "%s holds no certificate", filepath.Base(o.CAFile))
		}
	}
	groups := map[string]oidc.Group{}
	for id, g := range o.Groups {
		groups[id] = oidc.Group{Role: access.Role(g.Role), Team: g.Team}
	}
	p, err = oidc.New(oidc.Options{
		Issuer: o.Issuer, ClientID: o.ClientID, Redirect: strings.TrimSuffix(c.HTTP.BaseURL, "/") + "/sign-in/council/back",
		Secret: func() (string, error) { return Secret(o.ClientSecretEnv, o.ClientSecretFile) },
		Groups: groups, OwnNetwork: o.OwnNetwork, RootCAs: roots, Now: c.tokenClock,
	})
	return p, err == nil, err
}
