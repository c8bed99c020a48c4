package session

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"hearback/tickets/fault"
)

// Vault encrypts the secrets of authenticator apps under the key file of the
// installation (AES-256-GCM), bound to the account, so that a copy of the database
// alone signs nobody in and one account's secret is of no use in another's row.
type Vault struct {
	seal cipher.AEAD
	mark []byte
}

const keyBytes = 32

// OpenVault reads the key file, or makes one (mode 0600) when there is none. A
// file that others can read, or that holds no key, is an error and is left alone:
// a new key would make every secret unreadable.
func OpenVault(path string) (*Vault, error) {
	key, err := readKey(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err = makeKey(path); err == nil {
			key, err = readKey(path)
		}
	}
	if err != nil {
		return nil, err
	}
	return newVault(key)
}

// NewVault makes a vault with a key that is kept nowhere, for tests.
func NewVault() (*Vault, error) {
	key := make([]byte, keyBytes)
	_, _ = rand.Read(key) // never fails (crypto/rand)
	return newVault(key)
}

func newVault(key []byte) (*Vault, error) {
	sealKey, err := hkdf.Key(sha256.New, key, nil, "hearback totp 1", keyBytes)
	if err != nil {
		return nil, err
	}
	mark, err := hkdf.Key(sha256.New, key, nil, "hearback device 1", keyBytes)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(sealKey)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	return &Vault{gcm, mark}, err
}

func readKey(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fault.Newf(fault.Invalid, "The key file %s can be read by others. Make it 0600", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != keyBytes {
		return nil, fault.Newf(fault.Invalid, "The key file %s holds no key. Put it back from your backup; with a new one every authenticator app has to be set up again", path)
	}
	return key, nil
}

// makeKey writes a whole file under another name first: a program that is killed
// leaves no half of a key, and of two that start at once one key stays.
func makeKey(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".key-*") // 0600
	if err != nil {
		return fmt.Errorf("making the key file: %w", err)
	}
	defer func() { _ = os.Remove(f.Name()) }()
	key := make([]byte, keyBytes)
	_, _ = rand.Read(key)
	_, err = f.WriteString(hex.EncodeToString(key) + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("making the key file: %w", err)
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("making the key file: %w", err)
	}
	return nil
}

// Seal encrypts the secret of an account.
func (v *Vault) Seal(staffID int64, secret string) string {
	nonce := make([]byte, v.seal.NonceSize())
	_, _ = rand.Read(nonce)
	return base64.RawStdEncoding.EncodeToString(v.seal.Seal(nonce, nonce, []byte(secret), owner(staffID)))
}

// Open decrypts it. What was encrypted under another key, or for another account,
// is fault.Conflict with words for its owner.
func (v *Vault) Open(staffID int64, sealed string) (string, error) {
	lost := fault.New(fault.Conflict, "Your authenticator app cannot be checked: the key of this installation was changed. Ask your administrator to reset it")
	raw, err := base64.RawStdEncoding.DecodeString(sealed)
	if err != nil || len(raw) < v.seal.NonceSize() {
		return "", lost
	}
	plain, err := v.seal.Open(nil, raw[:v.seal.NonceSize()], raw[v.seal.NonceSize():], owner(staffID))
	if err != nil {
		return "", lost
	}
	return string(plain), nil
}

func owner(staffID int64) []byte { return []byte("staff:" + strconv.FormatInt(staffID, 10)) }

// Device makes the mark of a browser in which an account has signed in. It gives
// no right: it keeps those who guess elsewhere from slowing the account's owner.
func (v *Vault) Device(account string) string {
	nonce := make([]byte, 12)
	_, _ = rand.Read(nonce)
	n := base64.RawURLEncoding.EncodeToString(nonce)
	return n + "." + v.deviceMAC(n, account)
}

// Known reports whether mark is one that Device made for the account.
func (v *Vault) Known(mark, account string) bool {
	nonce, mac, ok := strings.Cut(mark, ".")
	return ok && len(nonce) == 16 && hmac.Equal([]byte(mac), []byte(v.deviceMAC(nonce, account)))
}

func (v *Vault) deviceMAC(nonce, account string) string {
	h := hmac.New(sha256.New, v.mark)
	h.Write([]byte(nonce + "." + account))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}
