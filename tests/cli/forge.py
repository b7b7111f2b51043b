"""Commits as an attacker, or a careless tool, would make them: raw objects, any header, any message, any signature.

A Line is a history; everything is made by hand, nothing by fmrec, so that what fmrec reads is not what fmrec wrote.
Signatures are made by ssh-keygen.  The manifest of a record is computed here a second time, from approvals.md alone.

    forge = Forge(directory of a repository, directory for keys)
    forge.person('sato')                       a key and an identity: p-sato, sato@example.com
    line = forge.line(commit)                  a history that ends with this commit
    line.edit({path: text or None or (mode, text)}, who='sato', ...)
    line.act('approve', id, 'tanaka', 'manager', covers=['plan'], ...)
    line.commit(...)                           anything else
    line.tip                                   its last commit
"""

import base64
import binascii
import copy
import hashlib
import os
import re
import subprocess
import sys
import time as clock
import zlib

POLICY = '.fmrec/trust/policy.yaml'


class Forge:
    def __init__(self, top, keys):
        self.top, self.keys = top, keys
        os.makedirs(keys, exist_ok=True)
        self.git_dir = os.path.join(top, self.git('rev-parse', '--git-dir').strip())
        self.trees = {}   # tree -> {path: (mode, blob)}
        self.blobs = {}   # blob -> bytes
        self.commits = {} # commit -> (tree, time of the committer)

    def git(self, *args, data=None, binary=False):
        done = subprocess.run(['git', *args], cwd=self.top, input=data, check=True, stdout=subprocess.PIPE)
        return done.stdout if binary else done.stdout.decode()

    # ---- objects ----

    def write(self, kind, data):
        whole = b'%s %d\0' % (kind.encode(), len(data)) + data
        name = hashlib.sha1(whole).hexdigest()
        place = os.path.join(self.git_dir, 'objects', name[:2], name[2:])
        if not os.path.exists(place):
            os.makedirs(os.path.dirname(place), exist_ok=True)
            with open(place, 'wb') as file:
                file.write(zlib.compress(whole, 1))
        return name

    def blob(self, text):
        data = text.encode() if isinstance(text, str) else text
        name = self.write('blob', data)
        self.blobs[name] = data
        return name

    def read_blob(self, name):
        if name not in self.blobs:
            self.blobs[name] = self.git('cat-file', 'blob', name, binary=True)
        return self.blobs[name]

    def files(self, tree):
        if tree not in self.trees:
            rows = self.git('ls-tree', '-r', '-z', tree).split('\0')[:-1]
            self.trees[tree] = {path: (head.split()[0], head.split()[2])
                                for head, path in (row.split('\t', 1) for row in rows)}
        return self.trees[tree]

    def tree(self, files):
        """Write trees for {path: (mode, object)}."""
        here, below = {}, {}
        for path, entry in files.items():
            first, _, rest = path.partition('/')
            if rest:
                below.setdefault(first, {})[rest] = entry
            else:
                here[first] = entry
        for name, rest in below.items():
            here[name] = ('40000', self.tree(rest))
        rows = sorted(here.items(), key=lambda row: row[0].encode() + (b'/' if row[1][0] == '40000' else b''))
        name = self.write('tree', b''.join(b'%s %s\0' % (mode.encode(), name.encode()) + binascii.unhexlify(oid)
                                           for name, (mode, oid) in rows))
        self.trees[name] = dict(files)
        return name

    def commit_info(self, commit):
        if commit not in self.commits:
            raw = self.git('cat-file', 'commit', commit)
            self.commits[commit] = (re.match('tree (.*)', raw).group(1),
                                    int(re.search(r'^committer .* (\d+) [-+]\d+$', raw, re.M).group(1)))
        return self.commits[commit]

    # ---- people ----

    def person(self, name, kind='ed25519'):
        place = self.key(name)
        if not os.path.exists(place):
            subprocess.run(['ssh-keygen', '-q', '-t', *kind.split(), '-N', '', '-C', name, '-f', place], check=True)
        return name

    def key(self, name):
        return os.path.join(self.keys, name)

    def public(self, name):
        with open(self.key(name) + '.pub') as file:
            return ' '.join(file.read().split()[:2])

    def identity(self, name):
        return name if '<' in name else '%s <%s@example.com>' % (name.capitalize(), name)

    def sign(self, data, key, namespace='git', options=()):
        return subprocess.run(['ssh-keygen', '-Y', 'sign', '-q', '-n', namespace, *options, '-f', self.key(key)],
                              input=data, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.decode()

    def line(self, commit):
        return Line(self, commit)


def digest(data):
    return 'sha256:' + hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def stamp(seconds):
    return clock.strftime('%Y-%m-%dT%H:%M:%SZ', clock.gmtime(seconds))


def ends_in_block_scalar(field):
    """Is the last value of the field a text behind `|` or `>`?"""
    for match in re.finditer(rb'(?m)^( *)(?:- )*(?:[a-z_]+: )?[|>][-+0-9]*\n', field):
        lines = field[match.end():].split(b'\n')
        if all(not line.strip() or len(line) - len(line.lstrip(b' ')) > len(match.group(1)) for line in lines):
            return True
    return False


def fields_of(text):
    """The raw bytes of each top-level field of a simple record: comments stand between fields; to a block scalar its last
    line end belongs."""
    starts = [match.start() for match in re.finditer(rb'^[a-z_]+:', text, re.M)] + [len(text)]
    fields = {}
    for a, b in zip(starts, starts[1:]):
        field = re.sub(rb'(?m)^#.*', b'', text[a:b]).rstrip()
        fields[field.split(b':')[0].decode()] = field + b'\n' if ends_in_block_scalar(field) else field
    return fields


class Line:
    def __init__(self, forge, tip):
        self.forge, self.tip = forge, tip

    def fork(self):
        return copy.copy(self)

    def fork_with(self, policy):
        """The same, but Actions name the policy that this function returns: one is in the tree that is not in force."""
        line = self.fork()
        line.policy = policy
        return line

    def files(self):
        return self.forge.files(self.forge.commit_info(self.tip)[0])

    def text(self, path):
        return self.forge.read_blob(self.files()[path][1]).decode()

    def path(self, record):
        return next(path for path in self.files() if path.endswith('/%s.yaml' % record) and path.startswith('records/'))

    def replace(self, path, old, new, **options):
        text = self.text(path)
        assert old in text, (path, old)
        return self.edit({path: text.replace(old, new)}, **options)

    # ---- commits ----

    def changed(self, changes):
        files = dict(self.files())
        for path, what in changes.items():
            if what is None:
                del files[path]
                continue
            mode, text = what if isinstance(what, tuple) else ('100644', what)
            files[path] = (mode, text if mode == '160000' else self.forge.blob(text))
        return self.forge.tree(files)

    def commit(self, message, tree=None, parents=None, author='nobody', committer=None, time=None, author_time=None,
               key=None, namespace='git', sign_options=(), headers=(), armour=None, spoil=None, payload=None, zone='+0900'):
        """parents: of the tip alone unless given.  headers: lines before the signature.  armour: this signature.
        payload, spoil: functions that change what is signed, and the finished commit."""
        forge = self.forge
        parents = [self.tip] if parents is None else parents
        before = max([forge.commit_info(parent)[1] for parent in parents] or [1795196000])
        time = before + 60 if time is None else time
        if tree is None:
            tree = forge.commit_info(parents[0])[0]
        author = forge.identity(author)
        committer = forge.identity(committer) if committer else author
        lines = ['tree ' + tree, *('parent ' + parent for parent in parents),
                 'author %s %d %s' % (author, time if author_time is None else author_time, zone),
                 'committer %s %d %s' % (committer, time, zone), *headers]
        data = '\n'.join(lines).encode() + b'\n\n' + (message.encode() if isinstance(message, str) else message)
        if key:
            armour = forge.sign(payload(data) if payload else data, key, namespace, sign_options)
        if armour:
            head = '\n'.join(lines) + '\ngpgsig ' + armour.rstrip('\n').replace('\n', '\n ')
            data = head.encode() + data[len('\n'.join(lines).encode()):]
        if spoil:
            data = spoil(data)
        self.tip = forge.write('commit', data)
        forge.commits[self.tip] = (tree, time)
        return self

    def edit(self, changes, who='nobody', message='change\n', **options):
        return self.commit(message, tree=self.changed(changes), author=who, **options)

    # ---- actions ----

    def policy(self):
        return self.text(POLICY)

    def manifest(self, record, covers=None, attachments=None):
        path = self.path(record)
        mode, oid = self.files()[path]
        text = self.forge.read_blob(oid)
        out = b'fmrec-manifest 1\nrecord %s\npath %s\nmode %s\n' % (record.encode(), path.encode(), mode.encode())
        if covers is None:
            out += b'file %d\n%s\n' % (len(text), text)
        else:
            fields = fields_of(text)
            for name in sorted(covers):
                out += (b'field %s %d\n%s\n' % (name.encode(), len(fields[name]), fields[name]) if name in fields
                        else b'absent %s\n' % name.encode())
        if attachments if attachments is not None else covers is None or 'attachments' in covers:
            for name, (mode, oid) in sorted(self.files().items(), key=lambda row: row[0].encode()):
                if name.startswith(path[:-len('.yaml')] + '/'):
                    data = self.forge.read_blob(oid)
                    out += b'attachment %s %s %d %s\n' % (name.encode(), mode.encode(), len(data), digest(data).encode())
        return out

    def block(self, verb, who, role, record=None, covers=None, target=None, behalf=None, meaning=None, over=(), extra=()):
        """The trailer block of an Action as a list of [name, value]; over: {name: value or None} changes it."""
        policy = self.policy()
        rows = [['Format', '1'], ['Action', verb], ['Repo', re.search('^repository: (.*)', policy, re.M).group(1)]]
        if record:
            rows += [['Record', record], ['Path', self.path(record)], ['Content', digest(self.manifest(record, covers))]]
        rows += [['Policy', '%s %s' % (re.search('^version: (.*)', policy, re.M).group(1), digest(policy))],
                 ['Signer', 'p-' + who], ['Role', role]]
        if behalf:
            rows.append(['On-Behalf-Of', 'p-' + behalf])
        rows += [list(row) for row in extra]
        if target:
            rows.append(['Target', target])
        rows.append(['Meaning', meaning or {'approve': 'approved', 'reject': 'rejected', 'withdraw': 'withdrawn',
                                            'endorse': 'endorsed', 'acknowledge': 'acknowledged',
                                            'checkpoint': 'checked', 'delegate': 'delegated'}.get(verb, verb)])
        rows.append(['Time', None])
        for name, value in dict(over).items():
            rows = [[name, value] if row[0] == name else row for row in rows if row[0] != name or value is not None]
        return rows

    def message(self, verb, rows, time, about=None, reason=None, subject=None):
        rows = [[name, stamp(time) if value is None else value] for name, value in rows]
        return ((subject or 'fmrec: %s%s' % (verb, ' ' + about if about else '')) + '\n\n' +
                (''.join('> %s\n' % line for line in reason.split('\n')) + '\n' if reason else '') +
                ''.join('Fmrec-%s: %s\n' % (name, value) for name, value in rows))

    def act(self, verb, record, who, role, covers=None, key=None, target=None, behalf=None, meaning=None, over=(),
            extra=(), reason=None, subject=None, shuffle=None, text=None, author=None, time=None, **options):
        """shuffle: a function of the rows; text: of the finished message."""
        time = self.forge.commit_info(self.tip)[1] + 60 if time is None else time
        rows = self.block(verb, who, role, record, covers, target, behalf, meaning, over, extra)
        if shuffle:
            rows = shuffle(rows)
        about = record or target or dict(map(tuple, rows)).get('Deputy')
        message = self.message(verb, rows, time, about, reason, subject)
        return self.commit(text(message) if text else message, author=author or who, key=key or who, time=time, **options)


def read_blob_of_armour(armour):
    """The bytes inside a signature."""
    return base64.b64decode(''.join(line for line in armour.split('\n') if not line.startswith('-')))


def make_armour(data):
    digits = base64.b64encode(data).decode()
    return ('-----BEGIN SSH SIGNATURE-----\n' + ''.join(digits[i:i + 70] + '\n' for i in range(0, len(digits), 70)) +
            '-----END SSH SIGNATURE-----\n')


# ---- for tests in sh: see trust-lib.sh ----

def policy_text(people, settings=''):
    """people: "sato:admin,manager" ..., each with a key; roles since 2026-04-01."""
    forge = Forge('.', os.path.join(os.environ['T'], 'keys'))
    names = [word.split(':')[0] for word in people]
    out = 'schema: 1\nrepository: 0123456789abcdef0123456789abcdef\nversion: 1\n'
    out += 'settings: {%s}\n' % settings if settings else ''
    out += 'persons:\n' + ''.join('  - {id: p-%s, name: %s, emails: [%s@example.com]}\n' % (name, name.capitalize(), name)
                                  for name in names)
    out += 'keys:\n' + ''.join("  - {key: '%s', owner: p-%s, state: active}\n" % (forge.public(name), name) for name in names)
    out += 'roles:\n' + ''.join('  - {role: %s, person: p-%s, from: 2026-04-01}\n' % (role, word.split(':')[0])
                                for word in people for role in word.split(':')[1].split(',') if role)
    return out


def main(command, *words):
    """policy NAME:ROLES..., act VERB ID WHO ROLE..., manifest ID; the rest NAME=VALUE."""
    options = dict(word.split('=', 1) for word in words if re.match('[a-z_]+=', word))
    words = [word for word in words if not re.match('[a-z_]+=', word)]
    if command == 'policy':
        print(policy_text(words, options.get('settings', '')), end='')
        return
    forge = Forge('.', os.path.join(os.environ['T'], 'keys'))
    head = forge.git('rev-parse', 'HEAD').strip()
    line = forge.line(head)
    for name in ('covers',):
        if name in options:
            options[name] = options[name].split(',')
    if 'time' in options:
        options['time'] = int(options['time'])
    if command == 'manifest':
        print(digest(line.manifest(words[0], options.get('covers'))))
        return
    verb, record, who, role = words
    line.act(verb, None if record == '-' else record, who, role, **options)
    forge.git('update-ref', 'HEAD', line.tip, head)
    print(line.tip)


if __name__ == '__main__':
    main(*sys.argv[1:])
