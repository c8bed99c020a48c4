package api

import (
	"context"
	"io"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
)

// Files puts files to replies. What a file is, whether there is a virus in it and
// what a cleaned copy leaves out is not for the API to know.
type Files interface {
	Attach(ctx context.Context, a access.Actor, ref, name string, content []byte, now time.Time) (*tickets.DraftFile, error)
	AttachPart(ctx context.Context, a access.Actor, ref string, messageID int64, path string, now time.Time) (*tickets.DraftFile, error)
	Clean(ctx context.Context, a access.Actor, ref string, id int64, now time.Time) (*tickets.DraftFile, error)
	Detach(ctx context.Context, a access.Actor, ref string, id int64, now time.Time) error
	Of(ctx context.Context, a access.Actor, ref string) ([]tickets.DraftFile, error)
}

// maxFiles bounds a form with a file, in bytes; how much a letter can carry is
// smaller and is said in words.
const maxFiles = 64 << 20

// letterFile is a file that its author put to a reply which is not sent yet.
type letterFile struct {
	ID      int64    `json:"id"`
	Name    string   `json:"name"`
	Type    string   `json:"type" doc:"media type by content"`
	Bytes   int64    `json:"bytes"`
	SHA256  string   `json:"sha256"`
	Scan    string   `json:"scan,omitempty" enum:",clean,infected,not_scanned" doc:"of the virus scanner; nothing when there is none"`
	Removed []string `json:"removed,omitempty" doc:"what a cleaned copy no longer has"`
}

type fileOut struct{ Body letterFile }

type filesOut struct {
	Body struct {
		Files []letterFile `json:"files" nullable:"false"`
	}
}

type fileIn struct {
	Ref     string `path:"ref" maxLength:"40" example:"SEN-104233"`
	RawBody huma.MultipartFormFiles[struct {
		File huma.FormFile `form:"file" contentType:"application/octet-stream" required:"true"`
	}]
}

type partIn struct {
	Ref  string `path:"ref" maxLength:"40" example:"SEN-104233"`
	Body struct {
		Message int64  `json:"message" doc:"a message of the enquiry, or of its case"`
		Part    string `json:"part" maxLength:"40" doc:"path of the part, as the timeline has it"`
	}
}

type oneFileIn struct {
	Ref  string `path:"ref" maxLength:"40" example:"SEN-104233"`
	File int64  `path:"file"`
}

type cleanIn struct {
	Ref  string `path:"ref" maxLength:"40" example:"SEN-104233"`
	Body struct {
		File int64 `json:"file" doc:"the file whose place the cleaned copy takes"`
	}
}

type filesIn struct {
	Ref string `path:"ref" maxLength:"40" example:"SEN-104233"`
}

func fileOf(f *tickets.DraftFile) letterFile {
	return letterFile{ID: f.ID, Name: f.Name, Type: f.Type, Bytes: f.Bytes, SHA256: f.SHA256, Scan: string(f.Scan), Removed: f.Removed}
}

// withFiles refuses where files cannot be put to letters.
func (s *server) withFiles(ctx context.Context) (time.Time, error) {
	if s.Files == nil {
		return time.Time{}, fault.New(fault.Refused, "Letters have no files here")
	}
	return s.Now(ctx)
}

func (s *server) listFiles(ctx context.Context, a access.Actor, in *filesIn) (*filesOut, error) {
	if _, err := s.withFiles(ctx); err != nil {
		return nil, err
	}
	list, err := s.Files.Of(ctx, a, in.Ref)
	if err != nil {
		return nil, err
	}
	out := &filesOut{}
	out.Body.Files = []letterFile{}
	for i := range list {
		if list[i].State == tickets.FileThere {
			out.Body.Files = append(out.Body.Files, fileOf(&list[i]))
		}
	}
	return out, nil
}

func (s *server) attachFile(ctx context.Context, a access.Actor, in *fileIn) (*fileOut, error) {
	now, err := s.withFiles(ctx)
	if err != nil {
		return nil, err
	}
	sent := in.RawBody.Data().File
	if sent.File == nil {
		return nil, fault.New(fault.Invalid, "Send the file in the field file")
	}
	defer func() { _ = sent.Close() }()
	content, err := io.ReadAll(io.LimitReader(sent, maxFiles))
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "The file did not arrive whole", err)
	}
	f, err := s.Files.Attach(ctx, a, in.Ref, sent.Filename, content, now)
	if err != nil {
		return nil, err
	}
	return &fileOut{fileOf(f)}, nil
}

func (s *server) attachPart(ctx context.Context, a access.Actor, in *partIn) (*fileOut, error) {
	now, err := s.withFiles(ctx)
	if err != nil {
		return nil, err
	}
	f, err := s.Files.AttachPart(ctx, a, in.Ref, in.Body.Message, in.Body.Part, now)
	if err != nil {
		return nil, err
	}
	return &fileOut{fileOf(f)}, nil
}

func (s *server) cleanFile(ctx context.Context, a access.Actor, in *cleanIn) (*fileOut, error) {
	now, err := s.withFiles(ctx)
	if err != nil {
		return nil, err
	}
	f, err := s.Files.Clean(ctx, a, in.Ref, in.Body.File, now)
	if err != nil {
		return nil, err
	}
	return &fileOut{fileOf(f)}, nil
}

func (s *server) detachFile(ctx context.Context, a access.Actor, in *oneFileIn) (*struct{}, error) {
	now, err := s.withFiles(ctx)
	if err != nil {
		return nil, err
	}
	return nil, s.Files.Detach(ctx, a, in.Ref, in.File, now)
}
