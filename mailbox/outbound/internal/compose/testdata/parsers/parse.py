# What Python's own parser, at its strictest, reads in letters: one line of JSON a file.
import email, email.policy, hashlib, json, sys

policy = email.policy.SMTP.clone(raise_on_defect=True)


def people(field):
    return [[a.display_name, a.addr_spec] for a in field.addresses] if field is not None else []


def one(path):
    with open(path, "rb") as f:
        m = email.message_from_bytes(f.read(), policy=policy)
    for part in m.walk():
        if part.defects:
            raise ValueError(f"{path}: {part.defects}")
    plain, html = m.get_body(("plain",)), m.get_body(("html",))
    files = []
    for part in m.walk():
        if part.is_multipart() or part is plain or part is html:
            continue
        files.append({
            "name": part.get_filename() or "", "type": part.get_content_type(),
            "inline": part.get_content_disposition() == "inline", "cid": part["content-id"] and str(part["content-id"]).strip("<>") or "",
            "sha256": hashlib.sha256(part.get_payload(decode=True)).hexdigest(),
        })
    ids = lambda name: str(m[name] or "").split()
    return {
        "from": people(m["from"]), "to": people(m["to"]), "reply_to": people(m["reply-to"]), "subject": str(m["subject"]),
        "id": ids("message-id"), "answers": ids("in-reply-to"), "references": ids("references"),
        "auto": str(m["auto-submitted"] or ""), "date": int(m["date"].datetime.timestamp()),
        "text": plain.get_content().replace("\r\n", "\n"), "html": html.get_content().replace("\r\n", "\n") if html else "", "files": files,
    }


for path in sys.argv[1:]:
    print(json.dumps(one(path)))
