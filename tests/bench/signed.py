"""Histories of signed approvals, made fast: one process signs in memory with libcrypto and writes one pack.

ssh-keygen takes 5 to 10 ms a signature; ten thousand commits are made here in a few seconds.  What comes out is what
git, ssh-keygen and `fmrec` would have written: every commit is signed in SSHSIG, each record is filed by one person and
then carried through its workflow by others, in Action commits (fmrec-trust(5)).
"""
import base64
import ctypes
import ctypes.util
import hashlib
import os
import struct
import shutil
import subprocess
import time
import zlib

ED25519 = 1087
START = 1767225600  # 2026-01-01
REPOSITORY = "0123456789abcdef0123456789abcdef"
COMMIT, TREE, BLOB = 1, 2, 3


def string(data):
    return struct.pack(">I", len(data)) + data


class Key:
    """An ed25519 key made from a number, and the person who holds it."""
    crypto = None

    def __init__(self, number, person):
        if not Key.crypto:
            Key.crypto = ctypes.CDLL(ctypes.util.find_library("crypto") or "libcrypto.so.3")
            for name in ("EVP_PKEY_new_raw_private_key", "EVP_MD_CTX_new"):
                getattr(Key.crypto, name).restype = ctypes.c_void_p
        self.person = person
        seed = hashlib.sha256(b"bench %d" % number).digest()
        self.key = ctypes.c_void_p(Key.crypto.EVP_PKEY_new_raw_private_key(ED25519, None, seed, ctypes.c_size_t(32)))
        public = ctypes.create_string_buffer(32)
        Key.crypto.EVP_PKEY_get_raw_public_key(self.key, public, ctypes.byref(ctypes.c_size_t(32)))
        self.blob = string(b"ssh-ed25519") + string(public.raw)
        self.line = "ssh-ed25519 " + base64.b64encode(self.blob).decode()

    def sign(self, message):
        """The armour that `ssh-keygen -Y sign -n git` would write."""
        digest = hashlib.sha512(message).digest()
        data = b"SSHSIG" + string(b"git") + string(b"") + string(b"sha512") + string(digest)
        context = ctypes.c_void_p(Key.crypto.EVP_MD_CTX_new())
        signature, size = ctypes.create_string_buffer(64), ctypes.c_size_t(64)
        if (Key.crypto.EVP_DigestSignInit(context, None, None, None, self.key) != 1
                or Key.crypto.EVP_DigestSign(context, signature, ctypes.byref(size), data, ctypes.c_size_t(len(data))) != 1):
            raise RuntimeError("libcrypto cannot sign")
        Key.crypto.EVP_MD_CTX_free(context)
        blob = (b"SSHSIG" + struct.pack(">I", 1) + string(self.blob) + string(b"git") + string(b"") + string(b"sha512")
                + string(string(b"ssh-ed25519") + string(signature.raw)))
        text = base64.b64encode(blob).decode()
        lines = [text[i:i + 70] for i in range(0, len(text), 70)]
        return "-----BEGIN SSH SIGNATURE-----\n%s\n-----END SSH SIGNATURE-----\n" % "\n".join(lines)


class Pack:
    """Objects in the order they are made, into one pack."""

    def __init__(self):
        self.seen = set()
        self.body = []

    def add(self, kind, data):
        name = {COMMIT: b"commit", TREE: b"tree", BLOB: b"blob"}[kind]
        identity = hashlib.sha1(b"%s %d\0" % (name, len(data)) + data).digest()
        if identity not in self.seen:
            self.seen.add(identity)
            size, head = len(data), bytearray()
            byte, size = kind << 4 | size & 15, size >> 4
            while size:
                head.append(byte | 128)
                byte, size = size & 127, size >> 7
            head.append(byte)
            self.body.append(bytes(head) + zlib.compress(data, 1))
        return identity

    def write(self, repository, environment):
        head = b"PACK" + struct.pack(">II", 2, len(self.body))
        digest = hashlib.sha1(head)
        process = subprocess.Popen(("git", "index-pack", "--stdin"), cwd=repository, env=environment,
                                   stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        process.stdin.write(head)
        for piece in self.body:
            digest.update(piece)
            process.stdin.write(piece)
        process.stdin.write(digest.digest())
        process.stdin.close()
        if process.wait():
            raise RuntimeError("git index-pack refused the pack")
        self.body = []


class Directory:
    """A tree that is changed one path at a time: only the trees on the way are written again."""

    def __init__(self):
        self.entries = {}  # name: Directory, or the id of a blob
        self.identity = None

    def put(self, path, blob):
        name, _, rest = path.partition("/")
        self.identity = None
        if rest:
            self.entries.setdefault(name, Directory()).put(rest, blob)
        else:
            self.entries[name] = blob

    def write(self, pack):
        if not self.identity:
            rows = []
            for name, entry in self.entries.items():
                directory = isinstance(entry, Directory)
                rows.append((name.encode() + (b"/" if directory else b""), b"40000" if directory else b"100644",
                             name.encode(), entry.write(pack) if directory else entry))
            rows.sort()
            self.identity = pack.add(TREE, b"".join(mode + b" " + name + b"\0" + identity
                                                    for _, mode, name, identity in rows))
        return self.identity


class History:
    def __init__(self, pack, root):
        self.pack, self.root = pack, root
        self.tip, self.time, self.count = None, START, 0

    def commit(self, key, message):
        self.time += 60
        who = "%s <%s@example.com> %d +0000" % (key.person, key.person, self.time)
        head = "tree %s\n" % self.root.write(self.pack).hex()
        if self.tip:
            head += "parent %s\n" % self.tip
        head += "author %s\ncommitter %s\n" % (who, who)
        body = "\n" + message
        armour = key.sign((head + body).encode())
        signature = "gpgsig " + armour.rstrip("\n").replace("\n", "\n ") + "\n"
        self.tip = self.pack.add(COMMIT, (head + signature + body).encode()).hex()
        self.count += 1

    def act(self, key, policy, action, role, meaning, identity, path, content):
        stamp = self.time + 60
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(stamp))
        self.commit(key, "fmrec: %s %s\n\nFmrec-Format: 1\nFmrec-Action: %s\nFmrec-Repo: %s\nFmrec-Record: %s\n"
                    "Fmrec-Path: %s\nFmrec-Content: sha256:%s\nFmrec-Policy: 1 %s\nFmrec-Signer: %s\nFmrec-Role: %s\n"
                    "Fmrec-Meaning: %s\nFmrec-Time: %s\n" % (action, identity, action, REPOSITORY, identity, path,
                                                              content, policy, key.person, role, meaning, moment))


def manifest(identity, path, text):
    """The digest of what a transition covers that covers the whole file."""
    data = text.encode()
    head = "fmrec-manifest 1\nrecord %s\npath %s\nmode 100644\nfile %d\n" % (identity, path, len(data))
    return hashlib.sha256(head.encode() + data + b"\n").hexdigest()


# A type whose records are filed once and then signed three times, by persons who did not file them.
STEPS = (("receive", "filed", "received"), ("approve", "received", "approved"), ("close", "approved", "closed"))
STATES = ("filed", "received", "approved", "closed")
TYPE = """$schema: https://json-schema.org/draft/2020-12/schema
$id: urn:fmrec:type:bench
title: Bench
description: What the benchmark approves.
type: object
x-fmrec:
  type: bench
  form: 1
  label: {en: Bench, ja: 計測}
  help: {en: What the benchmark approves., ja: 性能の計測に使う。}
  directory: bench
  by-year: true
  id: {prefix: BEN, pattern: '{prefix}-{date}-{random}'}
  states:
    - name: filed
      label: {en: filed, ja: filed}
      help: {en: A state., ja: 状態。}
""" + "".join("""    - name: %s
      label: {en: %s, ja: %s}
      help: {en: A state., ja: 状態。}
      after: %s
""" % (state, state, state, before) for before, state in zip(STATES, STATES[1:])) + """  transitions:
""" + "".join("""    - name: %s
      label: {en: %s, ja: %s}
      help: {en: A step., ja: 手続き。}
      from: [%s]
      to: %s
      by: [manager]
      meaning: %s
      declares: {en: I %s., ja: 認める。}
      not-by: [author]
""" % (verb, verb, verb, before, after, after, verb) for verb, before, after in STEPS) + """  ask: [title]
  columns: [id, title]
  heading: title
required: [id, form, title]
additionalProperties: false
properties:
  id:
    type: string
    pattern: '^[A-Z0-9]+(-[A-Z0-9]+)*$'
    x-fmrec: {label: {en: Id, ja: 管理番号}, help: {en: Its name., ja: 番号。}, template: false}
  form:
    type: integer
    minimum: 1
    x-fmrec: {label: {en: Form, ja: 様式}, help: {en: Its form., ja: 様式の版。}, template: false}
  title:
    type: string
    minLength: 1
    x-fmrec: {label: {en: Title, ja: 件名}, help: {en: What happened., ja: 事象。}}
  details:
    type: string
    minLength: 1
    x-fmrec: {label: {en: Details, ja: 詳細}, help: {en: More of it., ja: 詳しく。}, multiline: true}
"""
PERSONS = 9


def policy(keys):
    lines = ["schema: 1", "repository: " + REPOSITORY, "version: 1",
             "settings: {edits: claimed, history: linear, admins: 1, utc-offset: '+09:00', config-roles: [admin]}",
             "persons:"]
    lines += ["  - {id: %s, name: Person %s, emails: [%s@example.com]}" % (key.person, key.person, key.person)
              for key in keys]
    lines.append("keys:")
    lines += ["  - {key: '%s', owner: %s, state: active}" % (key.line, key.person) for key in keys]
    lines.append("roles:")
    lines.append("  - {role: admin, person: %s, from: 2026-01-01}" % keys[0].person)
    lines += ["  - {role: manager, person: %s, from: 2026-01-01}" % key.person for key in keys[1:]]
    return "\n".join(lines) + "\n"


def put_files(pack, root, top):
    for directory, names, files in os.walk(top):
        names[:] = [name for name in names if name != ".git"]
        for name in files:
            path = os.path.join(directory, name)
            with open(path, "rb") as file:
                root.put(os.path.relpath(path, top), pack.add(BLOB, file.read()))


def record(number):
    """Id, path and text of a record; ids are spread over ten years so that directories stay of a usual size."""
    year = 2017 + number % 10
    name = "".join("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[number >> shift & 31] for shift in (15, 10, 5, 0))
    identity = "BEN-%d0401-%s" % (year, name)
    text = "id: %s\nform: 1\ntitle: 受注システムが停止 %d\ndetails: |\n" % (identity, number)
    text += "".join("  画面が応答しない。The batch %d stopped as well, after %d minutes.\n" % (number, i) for i in range(12))
    return identity, "records/bench/%d/%s.yaml" % (year, identity), text


def make(bench, count):
    """A repository whose main branch has `count` signed commits more than its first two; made once."""
    path = os.path.join(bench.work, "signed-%d" % count)
    if os.path.exists(os.path.join(path, ".git/complete")):
        return path
    shutil.rmtree(path, ignore_errors=True)
    subprocess.run((bench.fmrec, "-q", "init", path), env=bench.environment, check=True, stdin=subprocess.DEVNULL)
    keys = [Key(number, "p-%d" % number) for number in range(PERSONS)]
    pack, root = Pack(), Directory()
    put_files(pack, root, path)
    root.put(".fmrec/schema/bench.yaml", pack.add(BLOB, TYPE.encode()))
    history = History(pack, root)
    history.commit(keys[0], "config\n")
    trust = policy(keys).encode()
    root.put(".fmrec/trust/policy.yaml", pack.add(BLOB, trust))
    history.commit(keys[0], "trust\n")
    digest = "sha256:" + hashlib.sha256(trust).hexdigest()
    number = 0
    while history.count < count + 2:
        identity, place, text = record(number)
        root.put(place, pack.add(BLOB, text.encode()))
        history.commit(keys[0], "fmrec: new %s\n" % identity)
        content = manifest(identity, place, text)
        for step, (verb, _, state) in enumerate(STEPS):
            if history.count < count + 2:
                history.act(keys[1 + (number + step) % (PERSONS - 1)], digest, verb, "manager", state, identity, place,
                            content)
        number += 1
    pack.write(path, bench.environment)
    with open(os.path.join(path, ".git/allowed_signers"), "w") as file:
        file.writelines('%s@example.com namespaces="git" %s\n' % (key.person, key.line) for key in keys)
    for name, value in (("gpg.format", "ssh"), ("gpg.ssh.allowedSignersFile", os.path.join(path, ".git/allowed_signers"))):
        bench.git(path, "config", name, value)
    bench.git(path, "update-ref", "refs/heads/main", history.tip)
    bench.git(path, "reset", "-q", "--hard", "main")
    bench.git(path, "repack", "-q", "-ad")
    open(os.path.join(path, ".git/complete"), "w").close()
    return path
