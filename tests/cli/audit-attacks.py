"""Attacks on approvals, and what audit must say: approvals.md section 9 row by row, and as many again of our own.

Every attack is a history made by hand (forge.py) on top of one honest beginning; nothing is checked out.
    python3 audit-attacks.py [PATTERN]     TAP; only the attacks whose name matches
"""

import base64
import copy
import json
import os
import random
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import forge as forging  # noqa: E402
from forge import POLICY, Forge, digest, make_armour, read_blob_of_armour, stamp  # noqa: E402

FMREC = os.environ['FMREC']
ONE = 'TKT-20261121-0001'
TWO = 'TKT-20261121-0002'
PATH = 'records/ticket/2026/%s.yaml' % ONE
PATH_TWO = 'records/ticket/2026/%s.yaml' % TWO
TICKET = 'id: %s\nform: 1\ntitle: printer\nplan: replace it\n'
PEOPLE = ['sato', 'suzuki', 'tanaka', 'ito', 'kato', 'mori', 'abe', 'ueda']
DAY = 86400

attacks = []
judged = [] # (name, answer, commit it began with, tip)


def attack(title):
    def add(function):
        attacks.append((title, function))
        return function
    return add


# ---- the policy ----

BASE = {
    'version': 1, 'previous': None, 'settings': {'admins': '1'},
    'persons': {name: {} for name in PEOPLE},
    'keys': [[name, name, {'state': 'active'}] for name in PEOPLE if name != 'kato'],
    'roles': [['admin', 'ito', '2026-04-01', None], ['admin', 'abe', '2026-04-01', None],
              ['manager', 'tanaka', '2026-04-01', None], ['manager', 'ueda', '2026-04-01', None],
              ['cio', 'ueda', '2026-04-01', None],
              ['operations', 'suzuki', '2026-04-01', None], ['development', 'ito', '2026-04-01', None],
              ['development', 'abe', '2026-04-01', None], ['manager', 'mori', '2026-04-01', '2026-10-31'],
              ['notary', 'abe', '2026-04-01', None]],
    'deputies': [['mori', 'tanaka', 'manager', '2026-11-01', '2026-11-30']],
    'rules': '',
}


def render(policy):
    out = 'schema: 1\nrepository: 0123456789abcdef0123456789abcdef\nversion: %d\n' % policy['version']
    if policy['previous']:
        out += 'previous: %s\n' % policy['previous']
    out += 'settings: {%s}\n' % ', '.join('%s: %s' % row for row in policy['settings'].items())
    out += 'persons:\n'
    for name in policy['persons']:
        out += '  - {id: p-%s, name: %s, emails: [%s@example.com]}\n' % (name, name.capitalize(), name)
    out += 'keys:\n'
    for key, owner, more in policy['keys']:
        out += "  - {key: '%s', owner: p-%s, %s}\n" % (FORGE.public(key) if ' ' not in key else key, owner,
                                                     ', '.join('%s: %s' % row for row in more.items()))
    out += 'roles:\n'
    for role, person, start, until in policy['roles']:
        out += '  - {role: %s, person: p-%s, from: %s%s}\n' % (role, person, start, ', until: ' + until if until else '')
    if policy['deputies']:
        out += 'deputies:\n'
    for deputy, principal, role, start, until in policy['deputies']:
        out += '  - {deputy: p-%s, for: p-%s, roles: [%s], from: %s, until: %s}\n' % (deputy, principal, role, start, until)
    return out + policy['rules']


def successor(line, **changes):
    """The text of the next policy after the one in force on this line."""
    policy = copy.deepcopy(getattr(line, 'rules', BASE))
    policy.update(copy.deepcopy(changes))
    policy['version'] = changes.get('version', getattr(line, 'rules', BASE)['version'] + 1)
    policy['previous'] = changes.get('previous', digest(line.policy()))
    line.next_rules = policy
    return render(policy)


def trust(line, who='ito', more=None, **changes):
    """A change of trust, signed."""
    text = successor(line, **changes)
    line.edit({POLICY: text, **(more or {})}, who=who, key=who, message='trust\n')
    line.rules = line.next_rules
    return line


# ---- what audit says ----

count = 0
failures = 0


def say(good, name, *notes):
    global count, failures
    count += 1
    failures += not good
    print('%s %d - %s' % ('ok' if good else 'not ok', count, name))
    if not good:
        for note in notes:
            print('\n'.join('# ' + line for line in str(note).split('\n')))
    sys.stdout.flush()


class Answer:
    def __init__(self, tip, *options, top=None, env=None):
        done = subprocess.run([FMREC, 'audit', '--format', 'json', *options, tip], cwd=top or FORGE.top, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env={**os.environ, **(env or {})})
        self.code, self.out, self.err = done.returncode, done.stdout.decode(), done.stderr.decode()
        self.json = json.loads(self.out) if self.out else {'verdict': 'none', 'findings': [], 'records': [], 'summary': {}}
        self.verdict = self.json['verdict']
        self.findings = [(row['code'], row['outcome']) for row in self.json['findings']]
        self.codes = ' '.join(code for code, _ in self.findings)
        self.records = {row['id']: row for row in self.json['records']}

    def state(self, record=ONE):
        return self.records.get(record, {}).get('state')

    def vote(self, commit):
        return next((vote for row in self.json['records'] for vote in row['votes'] if vote['commit'] == commit), None)

    def explain(self):
        rows = ['%(code)s %(outcome)s: %(message)s' % row for row in self.json['findings']]
        rows += ['%s: %s' % (name, row.get('state')) for name, row in self.records.items()]
        rows += ['  %s %s %s' % (vote['action'], vote['status'], vote.get('why', '')) for row in self.records.values()
                 for vote in row['votes']]
        return 'exit %d, verdict %s\n%s\n%s' % (self.code, self.verdict, '\n'.join(rows), self.err)


EXITS = {'proven': 0, 'violation': 1, 'unproven': 3, 'none': None}


def expect(name, line, outcome, state=None, code=None, no_code=None, options=(), record=ONE, vote=None, also=None, top=None,
           env=None):
    """outcome: F violation, U unproven, S not counted (proven all the same), N or '' proven; several with | between."""
    answer = Answer(line if isinstance(line, str) else line.tip, *options, top=top, env=env)
    verdicts = [{'F': 'violation', 'U': 'unproven'}.get(one, 'proven') for one in outcome.split('|')]
    wrong = []
    if answer.verdict not in verdicts or answer.code != EXITS[answer.verdict]:
        wrong.append('verdict: wanted %s' % verdicts)
    if outcome == 'S' and not any(kind == 'uncounted' for _, kind in answer.findings):
        wrong.append('nothing is reported as not counted')
    if outcome == 'N' and not any(kind == 'note' for _, kind in answer.findings):
        wrong.append('no note')
    if state and answer.state(record) not in state.split('|'):
        wrong.append('state of %s: %s, wanted %s' % (record, answer.state(record), state))
    if code and not re.search(code, answer.codes):
        wrong.append('code: wanted %s' % code)
    if no_code and re.search(no_code, answer.codes):
        wrong.append('code: not wanted %s' % no_code)
    if vote and (answer.vote(vote[0]) or {}).get('status') != vote[1]:
        wrong.append('vote: %s, wanted %s' % (answer.vote(vote[0]), vote[1]))
    if re.search('[\0-\x08\x0b-\x1f\x7f]', answer.err + answer.out):
        wrong.append('control characters in what is printed')
    if also and not also(answer):
        wrong.append('more was wanted')
    say(not wrong, name, *wrong, answer.explain())
    base = getattr(line, 'base', None)
    if base and top is None and env is None and not options:
        judged.append((name, answer, base, line.tip))
    return answer


# ---- the honest beginning ----

def honest():
    """genesis, a filed record; received; approved."""
    line = FORGE.line(FORGE.git('rev-parse', 'HEAD').strip())
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'ticket.yaml')) as file:
        line.edit({'.fmrec/schema/ticket.yaml': file.read()}, who='ito')
    line.edit({POLICY: render(BASE)}, who='ito', key='ito', message='trust: begin\n')
    lines = {'genesis': line.fork()}
    line.edit({PATH: TICKET % ONE}, who='sato', message='file a ticket\n')
    lines['filed'] = line.fork()
    line.act('receive', ONE, 'suzuki', 'operations', covers=['title'], meaning='received')
    lines['received'] = line.fork()
    line.act('approve', ONE, 'tanaka', 'manager', covers=['plan', 'approver'])
    lines['approved'] = line.fork()
    return lines


def receive(line, record=ONE):
    return line.act('receive', record, 'suzuki', 'operations', covers=['title'], meaning='received')


def approve(line, who='tanaka', role='manager', record=ONE, **options):
    return line.act('approve', record, who, role, **{'covers': ['plan', 'approver'], **options})


@attack('honest histories')
def honest_histories(start):
    expect('before the policy nothing is proven', FORGE.git('rev-parse', 'HEAD').strip(), 'U', code=r'policy\.none')
    expect('the beginning', start['genesis'], '')
    expect('filed', start['filed'], '', state='draft')
    expect('received', start['received'], '', state='received')
    expect('approved', start['approved'], '', state='approved', vote=(start['approved'].tip, 'counts'))
    line = start['approved'].fork().replace(PATH, 'plan: replace it\n', 'plan: replace it\nresult: done\n', who='sato')
    expect('an edit outside the covered fields', line, '', state='approved')
    line.act('close', ONE, 'tanaka', 'manager', meaning='closed')
    expect('closed', line, '', state='closed')


@attack('section 9: status written into the YAML')
def status_in_yaml(start):
    line = start['received'].fork().replace(PATH, 'title:', 'status: approved\ntitle:', who='sato')
    expect('a status in the record has no authority', line, '', state='received') # validate says that there is no such field


@attack('section 9: no role')
def no_role(start):
    line = approve(start['received'].fork(), 'suzuki', 'manager')
    expect('a role that the signer does not hold', line, 'S', state='received', vote=(line.tip, 'refused'))
    line = approve(start['received'].fork(), 'suzuki', 'operations')
    expect('a role that the transition does not ask for', line, 'S', state='received')
    line = approve(start['received'].fork(), 'abe', 'admin')
    expect('an admin is no manager', line, 'S', state='received')
    line = approve(start['received'].fork(), 'ito', 'p-tanaka')
    expect('a person as a role', line, 'S', state='received')


@attack('section 9: trailers')
def trailers(start):
    received = start['received']
    swap = lambda rows: [rows[1], rows[0]] + rows[2:]
    expect('reordered', approve(received.fork(), shuffle=swap), 'F', state='received')
    expect('twice', approve(received.fork(), shuffle=lambda rows: rows[:8] + rows[7:]), 'F', state='received')
    expect('one is missing', approve(received.fork(), over={'Meaning': None}), 'F', state='received')
    expect('one more', approve(received.fork(), shuffle=lambda rows: rows + [['Note', 'x']]), 'F', state='received')
    expect('small letters', approve(received.fork(), text=lambda m: m.replace('Fmrec-Role', 'fmrec-role')), 'F', state='received')
    expect('a second block', approve(received.fork(), text=lambda m: m + '\n' + m.split('\n\n')[1]), 'F', state='received')
    expect('text behind it', approve(received.fork(), text=lambda m: m + '\nhello\n'), 'F', state='received')
    expect('no line end at the end', approve(received.fork(), text=lambda m: m[:-1]), 'F', state='received')
    expect('CRLF', approve(received.fork(), text=lambda m: m.replace('\n', '\r\n')), 'F', state='received')
    expect('a line of another program between', approve(received.fork(), text=lambda m: m.replace('Fmrec-Role', 'Signed-off-by: x\nFmrec-Role')), 'F', state='received')
    expect('a forged block in the title', approve(received.fork(), subject='fmrec: approve x\n\nFmrec-Format: 1'), 'F', state='received')
    expect('the same in the reason, not quoted', approve(received.fork(), text=lambda m: m.replace('\n\n', '\n\nFmrec-Signer: p-ueda\n\n', 1)), 'F', state='received')
    expect('NUL', approve(received.fork(), text=lambda m: m.replace('Fmrec-Role', '\0Fmrec-Role')), 'F', state='received')
    expect('a blank more', approve(received.fork(), text=lambda m: m.replace('Role: ', 'Role:  ')), 'F', state='received')
    expect('another subject', approve(received.fork(), subject='fmrec: reject ' + ONE), 'F', state='received')
    expect('another record in the subject', approve(received.fork(), subject='fmrec: approve ' + TWO), 'F', state='received')
    line = start['received'].fork().edit({PATH: TICKET % ONE + 'result: x\n'}, who='sato',
                                        message='done\n\nFmrec-Action: approve\nFmrec-Role: manager\n')
    expect('fmrec lines on an ordinary commit', line, 'F', state='received')
    line = start['received'].fork().commit('x\n\n\tFMREC-Action: approve\n', author='sato')
    expect('the same, disguised', line, 'F', state='received')
    expect('unknown version', approve(received.fork(), over={'Format': '2'}), 'F', state='received')
    expect('unknown action', approve(received.fork(), over={'Action': 'bless'}, subject='fmrec: bless ' + ONE), 'F|S', state='received')
    expect('a zero before the version of the policy', approve(received.fork(), text=lambda m: m.replace('Policy: 1 ', 'Policy: 01 ')), 'F', state='received')
    expect('capital digits of the digest', approve(received.fork(), text=lambda m: re.sub('Content: sha256:(.*)', lambda x: 'Content: sha256:' + x.group(1).upper(), m)), 'F', state='received')


@attack('section 9: another record, another content')
def another_content(start):
    line = start['received'].fork().edit({PATH_TWO: TICKET % TWO}, who='sato')
    receive(line, TWO)
    copied = approve(line.fork(), over={'Record': TWO, 'Path': PATH_TWO}, subject='fmrec: approve ' + TWO)
    expect('the digest of another record', copied, 'S', state='received', record=TWO)
    signed = approve(line.fork())
    copied = approve(signed.fork(), over={'Record': TWO, 'Path': PATH_TWO}, subject='fmrec: approve ' + TWO)
    expect('trailers copied to another record', copied, 'F', state='received', record=TWO, code=r'action\.record')
    expect('where they came from they stand', copied, 'F', state='approved')
    filed = signed.fork().edit({PATH_TWO.replace('0002', '0003'): TICKET % ONE.replace('0001', '0003')}, who='sato')
    copied = approve(filed, over={'Record': TWO.replace('0002', '0003'), 'Path': PATH_TWO.replace('0002', '0003')}, subject='fmrec: approve ' + TWO.replace('0002', '0003'))
    expect('copied to one that is in another state', copied, 'F', state='draft', record=TWO.replace('0002', '0003'))
    expect('path of another record', approve(line.fork(), over={'Path': PATH_TWO}), 'F|S', state='received')
    old = line.fork().replace(PATH, 'replace it', 'repair it', who='sato')
    late = approve(old.fork(), over={'Content': digest(line.manifest(ONE, ['plan', 'approver']))})
    expect('older content approved', late, 'S', state='received', vote=(late.tip, 'refused'))
    expect('no such record', line.fork().act('approve', ONE, 'tanaka', 'manager', over={'Record': 'TKT-20261121-0009', 'Path': PATH.replace('0001', '0009')},
                                             subject='fmrec: approve TKT-20261121-0009'), 'F|S')


@attack('section 9: moved Actions')
def moved(start):
    line = approve(start['received'].fork())
    raw = FORGE.git('cat-file', 'commit', line.tip, binary=True)
    head, message = raw.split(b'\n\n', 1)
    armour = re.search(rb'gpgsig (.*?)\n(?! )', head + b'\n', re.S).group(1).replace(b'\n ', b'\n').decode()
    other = start['received'].fork().edit({'notes.txt': 'x'}, who='sato')
    expect('cherry-picked with its signature', other.fork().commit(message, author='tanaka', armour=armour), 'F', state='received')
    expect('cherry-picked without a signature', other.fork().commit(message, author='tanaka'), 'F', state='received')
    expect('rebased by another', other.fork().commit(message, author='tanaka', committer='sato', key='sato'), 'F', state='received')
    again = other.fork().act('approve', ONE, 'tanaka', 'manager', covers=['plan', 'approver'], over={'Repo': 'f' * 32})
    expect('of a fork with another id', again, 'F', state='received')
    unsigned = start['received'].fork().commit(message, author='tanaka')
    expect('a signature inside the message of an unsigned commit',
           start['received'].fork().commit(b'x\n\ngpgsig ' + armour.encode().replace(b'\n', b'\n ') + b'\n\n' + message, author='tanaka'), 'F', state='received')


@attack('section 9: content changed afterwards')
def changed_afterwards(start):
    approved = start['approved']
    line = approved.fork().replace(PATH, 'replace it', 'replace it!', who='sato')
    answer = expect('one byte', line, 'F', state='received', vote=(approved.tip, 'stale'))
    vote = answer.vote(approved.tip) or {}
    say(bool(vote.get('digest')) and bool(vote.get('digest_now')) and vote['digest'] != vote['digest_now'], 'both digests are shown', vote)
    line.replace(PATH, 'replace it!', 'replace it', who='sato')
    expect('changed and restored', line, 'F', state='received', vote=(approved.tip, 'stale'))
    expect('approved again', approve(line), '', state='approved')
    line = approved.fork().replace(PATH, 'plan: replace it', 'plan: "replace it"', who='sato')
    expect('the same value in other bytes', line, 'F', state='received')
    line = approved.fork().edit({PATH: ('100755', approved.text(PATH))}, who='sato')
    expect('executable', line, 'F', state='received|draft')
    line = approved.fork().edit({PATH: TICKET.replace('plan: replace it\n', '') % ONE}, who='sato')
    expect('the covered field removed', line, 'F', state='received')
    line = approved.fork().edit({PATH: TICKET % ONE + 'approver: cio\n'}, who='sato')
    expect('an absent covered field added', line, 'F', state='received')
    line = approved.fork().replace(PATH, 'title: printer', 'title: scanner', who='sato')
    expect('what an earlier transition covered', line, 'F', state='draft')
    closed = approved.fork().replace(PATH, 'plan: replace it\n', 'plan: replace it\nresult: done\n', who='sato')
    closed.edit({PATH[:-5] + '/a.txt': 'log'}, who='sato').act('close', ONE, 'tanaka', 'manager', meaning='closed')
    expect('closed, with an attachment', closed, '', state='closed')
    line = closed.fork().edit({PATH[:-5] + '/a.txt': 'log!'}, who='sato')
    expect('an attachment changed', line, 'F', state='approved')
    line = closed.fork().edit({PATH[:-5] + '/b.txt': 'more'}, who='sato')
    expect('an attachment added', line, 'F', state='approved')
    line = closed.fork().edit({PATH[:-5] + '/a.txt': None}, who='sato')
    expect('an attachment removed', line, 'F', state='approved')
    line = closed.fork().edit({PATH[:-5] + '/a.txt': ('100755', 'log')}, who='sato')
    expect('an attachment made executable', line, 'F', state='approved')
    line = closed.fork().edit({PATH: closed.text(PATH) + '# a remark\n'}, who='sato')
    expect('a comment in a file that is wholly covered', line, 'F', state='approved')


@attack('section 9: own work')
def own_work(start):
    base = start['genesis'].fork().edit({PATH: TICKET % ONE}, who='tanaka')
    expect('the author approves', approve(receive(base.fork())), 'F', state='received')
    base = start['genesis'].fork().edit({PATH: TICKET % ONE}, who='sato', message='file\n\nCo-authored-by: T <TANAKA@Example.com>\n')
    expect('a co-author approves', approve(receive(base.fork())), 'F', state='received')
    base = start['genesis'].fork().edit({PATH: TICKET % ONE}, who='sato', committer='tanaka')
    expect('the committer approves', approve(receive(base.fork())), 'F', state='received')
    line = start['received'].fork().replace(PATH, 'replace it', 'repair it', who='tanaka').replace(PATH, 'repair it', 'replace it', who='sato')
    expect('written, reverted by another: still an author', approve(line.fork()), 'F', state='received')
    line.replace(PATH, 'replace it', 'repair it', who='sato')
    expect('and applied again by another', approve(line), 'F', state='received')
    line = start['received'].fork().replace(PATH, 'title: printer', 'title: printer', who='tanaka')
    expect('who wrote only what is not covered may approve', approve(start['received'].fork().edit({PATH: start['received'].text(PATH) + 'result: x\n'}, who='tanaka')), '', state='approved')
    line = start['received'].fork().edit({PATH: start['received'].text(PATH).replace('replace it', 'mine')}, who='sato', key='tanaka')
    expect('author forged to another, signed with the own key: both are authors', approve(line), 'F', state='received')
    base = start['genesis'].fork().edit({PATH: TICKET % ONE}, who='sato')
    base.act('receive', ONE, 'tanaka', 'manager', covers=['title'], meaning='received')
    expect('who received may not approve (signer:)', approve(base), 'F|S', state='received')
    expect('another manager may', approve(start['genesis'].fork().edit({PATH: TICKET % ONE}, who='sato').act('receive', ONE, 'tanaka', 'manager', covers=['title'], meaning='received'), 'ueda'), '', state='approved')


@attack('section 9: an Action that also changes something')
def action_with_change(start):
    line = start['received']
    changed = line.fork().changed({PATH: line.text(PATH) + 'result: x\n'})
    expect('a record', approve(line.fork(), tree=changed), 'F', state='received')
    expect('something else', approve(line.fork(), tree=line.fork().changed({'x.txt': 'x'})), 'F', state='received')
    expect('two parents', approve(line.fork(), parents=[line.tip, start['genesis'].tip]), 'F', state='received')


@attack('section 9: deputies')
def deputies(start):
    received = start['received']
    expect('a deputy approves', approve(received.fork(), 'mori', 'manager', behalf='tanaka'), '', state='approved')
    expect('a deputy without saying so', approve(received.fork(), 'mori', 'manager'), 'S', state='received')
    expect('on behalf of another', approve(received.fork(), 'mori', 'manager', behalf='ueda'), 'F|S', state='received')
    expect('in a role that was not lent', approve(received.fork(), 'mori', 'cio', behalf='tanaka'), 'F|S', state='received')
    line = received.fork()
    late = FORGE.commit_info(line.tip)[1] + 15 * DAY
    expect('after the last day', approve(line, 'mori', 'manager', behalf='tanaka', time=late), 'F|S', state='received')
    line = received.fork().replace(PATH, 'replace it', 'mine', who='mori')
    expect('for the own record', approve(line, 'mori', 'manager', behalf='tanaka'), 'F', state='received')
    line = received.fork().replace(PATH, 'replace it', 'mine', who='tanaka')
    expect("for the principal's record", approve(line, 'mori', 'manager', behalf='tanaka'), 'F', state='received')
    line = approve(received.fork(), 'ueda', 'manager')
    line.act('agree', ONE, 'tanaka', 'manager', covers=['plan'], meaning='agreed')
    line.act('agree', ONE, 'mori', 'manager', covers=['plan'], meaning='agreed', behalf='tanaka')
    expect('principal and deputy have one vote', line, 'F|S', state='approved')


@attack('section 5: several signatures')
def several(start):
    line = start['approved'].fork()
    agree = lambda line, who, role: line.act('agree', ONE, who, role, covers=['plan'], meaning='agreed')
    agree(line, 'ito', 'development')
    expect('one of two', line, '', state='approved', vote=(line.tip, 'open'))
    twice = agree(line.fork(), 'ito', 'development')
    expect('the same person twice', twice, '|S|F', state='approved')
    expect('two', agree(line.fork(), 'abe', 'development'), '', state='agreed')
    both = agree(agree(start['approved'].fork(), 'ito', 'development'), 'ito', 'manager')
    expect('one person in two roles', both, 'S', state='approved')
    keys = copy.deepcopy(BASE['keys']) + [['ito2', 'ito', {'state': 'active'}]]
    FORGE.person('ito2')
    line = trust(start['approved'].fork(), keys=keys)
    line = agree(line, 'ito', 'development').act('agree', ONE, 'ito', 'development', covers=['plan'], meaning='agreed', key='ito2')
    expect('one person with two keys', line, '|S|F', state='approved')
    line = start['received'].fork().act('sign', ONE, 'ueda', 'manager', covers=['plan'], meaning='signed')
    line.act('sign', ONE, 'ueda', 'cio', covers=['plan', 'result'], meaning='countersigned')
    expect('one person in both slots', line, 'F|S', state='received')
    line = start['received'].fork().act('sign', ONE, 'tanaka', 'manager', covers=['plan'], meaning='signed')
    expect('both slots', line.fork().act('sign', ONE, 'ueda', 'cio', covers=['plan', 'result'], meaning='countersigned'), '', state='signed')
    expect('the meaning of one slot with the content of the other',
           line.fork().act('sign', ONE, 'ueda', 'cio', covers=['plan'], meaning='countersigned'), 'F|S', state='received')
    line.replace(PATH, 'plan: replace it', 'plan: replace all', who='sato')
    line.act('sign', ONE, 'ueda', 'cio', covers=['plan', 'result'], meaning='countersigned')
    expect('two halves of different contents', line, 'F|S', state='received')


@attack('section 5: deny by default')
def deny(start):
    line = start['received'].fork()
    expect('a transition that nobody may sign', line.fork().act('burn', ONE, 'tanaka', 'manager', meaning='burnt'), 'S|F', state='received')
    expect('a transition of another state', start['filed'].fork().act('approve', ONE, 'tanaka', 'manager', covers=['plan', 'approver']), 'S|F', state='draft')
    expect('one that the type does not have', line.fork().act('publish', ONE, 'tanaka', 'manager', meaning='published'), 'S|F', state='received')
    expect('void without a reason', line.fork().act('void', ONE, 'tanaka', 'manager', covers=['title'], meaning='void'), 'F|S', state='received')
    expect('void with one', line.fork().act('void', ONE, 'tanaka', 'manager', covers=['title'], meaning='void', reason='a duplicate'), '', state='void')
    expect('close without a result', start['approved'].fork().act('close', ONE, 'tanaka', 'manager', meaning='closed'), 'F', state='approved')
    expect('another meaning', approve(line.fork(), meaning='rejected'), 'F|S', state='received')
    narrowed = line.fork().edit({PATH: TICKET % ONE + 'approver: cio\n'}, who='sato')
    expect('the record asks for a director', approve(narrowed.fork()), 'S', state='received')
    expect('who is one may', approve(narrowed.fork(), 'ueda', 'cio'), '', state='approved')


@attack('section 9: keys')
def keys(start):
    received = start['received']
    later = FORGE.commit_info(received.tip)[1]
    with_end = [[k, o, dict(m, **({'not-after': '2026-11-21'} if k == 'tanaka' else {}))] for k, o, m in BASE['keys']]
    line = trust(received.fork(), keys=with_end)
    expect('a key on its last day', approve(line.fork()), '', state='approved')
    expect('a key that expired', approve(line.fork(), time=later + 2 * DAY), 'F', state='received')
    after = line.fork().edit({'notes.txt': 'x'}, who='sato', time=later + 2 * DAY)
    expect('an expired key and a backdated commit', approve(after, time=later + 60), 'F', state='received')
    retired = [[k, o, {'state': 'retired'} if k == 'tanaka' else m] for k, o, m in BASE['keys']]
    line = trust(received.fork(), keys=retired)
    expect('a retired key', approve(line), 'F', state='received')
    line = trust(start['approved'].fork(), keys=retired)
    expect('retirement is not retroactive', line, '', state='approved')
    since = lambda commit: [[k, o, {'state': 'compromised', 'compromised-since': commit} if k == 'tanaka' else m] for k, o, m in BASE['keys']]
    line = trust(start['approved'].fork(), keys=since(start['approved'].tip))
    expect('compromised since the vote', line, 'F|S', state='received', vote=(start['approved'].tip, 'disputed'))
    mark = start['approved'].fork().edit({'notes.txt': 'x'}, who='sato')
    line = trust(mark.fork(), keys=since(mark.tip))
    expect('compromised after the vote', line, '', state='approved', vote=(start['approved'].tip, 'counts'))
    expect('and used again', line.fork().act('agree', ONE, 'tanaka', 'manager', covers=['plan'], meaning='agreed'), 'F', state='approved')
    FORGE.person('mallory')
    expect('an unknown key', approve(received.fork(), key='mallory'), 'F', state='received')
    expect("another person's key", approve(received.fork(), key='suzuki'), 'F', state='received')
    git = os.path.join(os.environ['T'], 'believer')
    with open(git, 'w') as file:
        file.write('#!/bin/sh\nexit 0\n')
    os.chmod(git, 0o755)
    config = {'GIT_CONFIG_COUNT': '2', 'GIT_CONFIG_KEY_0': 'gpg.ssh.program', 'GIT_CONFIG_VALUE_0': git,
              'GIT_CONFIG_KEY_1': 'gpg.ssh.allowedSignersFile', 'GIT_CONFIG_VALUE_1': '/dev/null'}
    expect("an unknown key that git's configuration believes", approve(received.fork(), key='mallory'), 'F', state='received', env=config)
    expect('added by the commit that uses it', approve(received.fork(), key='mallory', tree=received.fork().changed(
        {POLICY: successor(received.fork(), keys=BASE['keys'] + [['mallory', 'tanaka', {'state': 'active'}]])})), 'F', state='received')
    expect('trust and a record together', trust(received.fork(), more={PATH: TICKET % ONE + 'result: x\n'}), 'F')
    expect('trust and schema together', trust(received.fork(), more={'.fmrec/schema/x.yaml': 'x: 1\n'}), 'F')


@attack('section 9: signatures')
def signatures(start):
    received = start['received']
    expect('namespace file', approve(received.fork(), namespace='file'), 'F', state='received')
    expect('no signature', received.fork().commit(
        received.fork().message('approve', received.fork().block('approve', 'tanaka', 'manager', ONE, ['plan', 'approver']), FORGE.commit_info(received.tip)[1] + 60, ONE), author='tanaka'), 'F', state='received')
    other = approve(received.fork(), 'ueda')
    raw = FORGE.git('cat-file', 'commit', other.tip)
    lifted = re.search('gpgsig (.*?)\n(?! )', raw, re.S).group(1).replace('\n ', '\n')
    line = received.fork()
    message = line.message('approve', line.block('approve', 'tanaka', 'manager', ONE, ['plan', 'approver']), FORGE.commit_info(line.tip)[1] + 60, ONE)
    expect('lifted from another commit', received.fork().commit(message, author='tanaka', armour=lifted), 'F', state='received')
    tag = 'object %s\ntype commit\ntag v1\ntagger T <t@example.com> 1795198320 +0900\n\nx\n' % received.tip
    expect('lifted from a tag', received.fork().commit(message, author='tanaka', armour=FORGE.sign(tag.encode(), 'tanaka')), 'F', state='received')
    bad = lambda change: (lambda data: re.sub(rb'(gpgsig .*?)\n(?! )', lambda m: b'gpgsig ' + change(m.group(1)[7:].replace(b'\n ', b'\n').decode()).rstrip('\n').replace('\n', '\n ').encode() + b'\n', data, count=1, flags=re.S))
    expect('a second block behind it', approve(received.fork(), spoil=bad(lambda a: a + '\n' + a)), 'F', state='received')
    expect('text before it', approve(received.fork(), spoil=bad(lambda a: 'hello\n' + a)), 'F', state='received')
    expect('reserved is not empty', approve(received.fork(), spoil=bad(lambda a: make_armour(read_blob_of_armour(a).replace(b'git\0\0\0\0', b'git\0\0\0\1x')))), 'F', state='received')
    expect('version 2', approve(received.fork(), spoil=bad(lambda a: make_armour(read_blob_of_armour(a).replace(b'SSHSIG\0\0\0\1', b'SSHSIG\0\0\0\2')))), 'F|U', state='received')
    expect('two signatures', approve(received.fork(), spoil=lambda d: re.sub(rb'(gpgsig .*?\n)(?! )', rb'\1\1', d, count=1, flags=re.S)), 'F', state='received')
    expect('a header that git does not know', approve(received.fork(), headers=['x-note y']), 'F', state='received')
    expect('mergetag', approve(received.fork(), headers=['mergetag object x']), 'F', state='received')
    expect('sha256 inside', approve(received.fork(), sign_options=['-O', 'hashalg=sha256']), '', state='approved')
    expect('OpenPGP', received.fork().commit(message, author='tanaka', armour='-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----'), 'F|U', state='received')


@attack('section 9: the policy')
def policy(start):
    received = start['received']
    text = received.policy()
    for name, change in {
            'deleted': {POLICY: None}, 'emptied': {POLICY: ''}, 'not YAML': {POLICY: '{'}, 'a symbolic link': {POLICY: ('120000', '../config.yaml')},
            'executable': {POLICY: ('100755', text)}, 'a directory': {POLICY: None, POLICY + '/x': 'x'},
            'without admins': {POLICY: successor(received.fork(), roles=[])},
            'version twice as high': {POLICY: successor(received.fork(), version=3)},
            'version not higher': {POLICY: successor(received.fork(), version=1)},
            'previous of another': {POLICY: successor(received.fork(), previous='sha256:' + '0' * 64)},
            'another repository': {POLICY: successor(received.fork()).replace('0123456789abcdef', 'f' * 16)},
            'a person removed': {POLICY: successor(received.fork(), persons={n: {} for n in PEOPLE if n != 'kato'})},
            'a key removed': {POLICY: successor(received.fork(), keys=[k for k in BASE['keys'] if k[0] != 'mori'])},
            'a key given to another': {POLICY: successor(received.fork(), keys=[[k, 'kato' if k == 'tanaka' else o, m] for k, o, m in BASE['keys']])},
            'a key it does not know': {POLICY: successor(received.fork()) + 'more: 1\n'},
            'anchors': {POLICY: successor(received.fork()).replace('settings: {', 'settings: &a {')},
    }.items():
        line = received.fork().edit(change, who='ito', key='ito')
        expect('policy: ' + name, line, 'F', state='received')
        good = line.fork()
        if POLICY in good.files() and name in ('emptied', 'not YAML', 'version twice as high'):
            good = good.fork_with(received.policy)
            expect('policy: %s; the last good one keeps governing' % name, approve(good), 'F', state='approved')
    beside = {'.fmrec/trust/policy2.yaml': text}
    expect('policy: a second file beside it, not signed', received.fork().edit(beside, who='ito'), 'F', state='received')
    expect('policy: the same, signed by no admin', received.fork().edit(beside, who='tanaka', key='tanaka'), 'F', state='received')
    line = trust(received.fork(), roles=BASE['roles'] + [['manager', 'kato', '2026-04-01', None]])
    older = line.fork().edit({POLICY: text}, who='ito', key='ito')
    expect('an older text restored', older, 'F', state='received')
    expect('signed by somebody who is no admin', trust(received.fork(), 'tanaka', roles=BASE['roles'] + [['admin', 'tanaka', '2026-04-01', None]]), 'F', state='received')
    expect('not signed', received.fork().edit({POLICY: successor(received.fork())}, who='ito'), 'F', state='received')
    mallory = [['mallory', 'tanaka', {'state': 'active'}]]
    FORGE.person('mallory')
    line = received.fork().edit({POLICY: successor(received.fork(), keys=BASE['keys'] + mallory)}, who='tanaka', key='mallory')
    expect('signed with a key that it adds', line, 'F', state='received')


@attack('section 2: several admins')
def admins(start):
    two = trust(start['received'].fork(), settings={'admins': '2'})
    expect('two admins from now on', two, '', state='received')
    alone = trust(two.fork(), settings={'admins': '1'})
    answer = expect('one admin lowers the threshold alone', alone, '|S|N', state='received')
    say(bool(answer.json.get('trust_candidate')), 'it is a candidate', answer.explain())
    candidate = alone.tip
    expect('the former policy is what votes name', approve(alone.fork_with(two.policy)), '', state='approved')
    both = alone.fork_with(two.policy).act('endorse', None, 'abe', 'admin', target=candidate)
    expect('endorsed by the other', both, '', also=lambda a: a.json['summary'].get('policy_version') == 3)
    self_endorsed = alone.fork_with(two.policy).act('endorse', None, 'ito', 'admin', target=candidate)
    expect('endorsed by the same admin again', self_endorsed, '|S|F', also=lambda a: a.json['summary'].get('policy_version') == 2)
    stranger = alone.fork_with(two.policy).act('endorse', None, 'tanaka', 'admin', target=candidate)
    expect('endorsed by one who is no admin', stranger, 'S|F', also=lambda a: a.json['summary'].get('policy_version') == 2)


@attack('section 9: records')
def records(start):
    approved = start['approved']
    text = approved.text(PATH)
    other = PATH.replace('0001', '0007')
    expect('renamed with the same bytes', approved.fork().edit({PATH: None, other: text}, who='sato'), 'F')
    expect('moved to another directory', approved.fork().edit({PATH: None, PATH.replace('2026/', '2025/'): text}, who='sato'), 'F')
    expect('deleted without a quorum', approved.fork().edit({PATH: None}, who='sato'), 'F')
    line = approved.fork().edit({PATH: None}, who='sato')
    expect('and filed again', line.edit({PATH: text}, who='sato'), 'F', state='draft|received')
    expect('a symbolic link', start['filed'].fork().edit({PATH: ('120000', '../x')}, who='sato'), 'F')
    expect('a submodule', start['filed'].fork().edit({PATH: ('160000', approved.tip)}, who='sato'), 'F')
    expect('executable', start['filed'].fork().edit({PATH: ('100755', text)}, who='sato'), 'F')
    expect('two files with one id', start['filed'].fork().edit({other: text}, who='sato'), 'F')
    expect('an id in another year', start['filed'].fork().edit({PATH.replace('2026/', '2025/'): text}, who='sato'), 'F')
    expect('a look-alike id: small letters', start['filed'].fork().edit({PATH.replace('TKT', 'tkt'): text.replace('TKT', 'tkt')}, who='sato'), 'F')
    expect('a look-alike id: another alphabet', start['filed'].fork().edit({PATH.replace('TKT', 'Т' + 'KT'): text.replace('TKT', 'Т' + 'KT')}, who='sato'), 'F')
    expect('a look-alike id: O and 0', start['filed'].fork().edit({PATH.replace('0001', 'OOO1'): text.replace('0001', 'OOO1')}, who='sato'), 'F')
    gone = start['filed'].fork().edit({PATH: None}, who='sato')
    expect('an id is used again after deletion', gone.edit({PATH: text}, who='sato'), 'F')
    for name, bad in {'a key twice': text + 'title: other\n', 'a second document': text + '---\n' + text, 'an anchor': text.replace('plan: ', 'plan: &a '),
                      'a tag': text.replace('plan: ', 'plan: !!str '), 'no YAML': '{', 'not UTF-8': text.encode() + b'result: \xff\n',
                      'NUL': text + 'result: "\0"\n', 'empty': ''}.items():
        expect('YAML: ' + name, start['filed'].fork().edit({PATH: bad}, who='sato'), 'F')
    expect('another spelling of the directory', start['filed'].fork().edit({PATH.replace('records', 'Records').replace('0001', '0003'): text.replace('0001', '0003')}, who='sato'), 'F')
    expect('.fmrec in other letters', start['filed'].fork().edit({'.FMREC/trust/policy.yaml': approved.policy()}, who='sato'), 'F')


@attack('section 9: withdrawals and rejects')
def withdrawals(start):
    approved = start['approved']
    withdraw = lambda line, who='tanaka', role='manager', **more: line.act('withdraw', ONE, who, role, covers=['plan', 'approver'], target=approved.tip, reason='wrong', **more)
    gone = withdraw(approved.fork())
    expect('withdrawn by its signer', gone, '', state='received', vote=(approved.tip, 'withdrawn'))
    expect('withdrawn by another', withdraw(approved.fork(), 'suzuki', 'operations'), 'F|S', state='approved')
    expect('withdrawn without a reason', approved.fork().act('withdraw', ONE, 'tanaka', 'manager', covers=['plan', 'approver'], target=approved.tip), 'F|S', state='approved')
    expect('withdrawal of another record', approved.fork().act('withdraw', ONE, 'tanaka', 'manager', covers=['plan', 'approver'], target=start['filed'].tip, reason='x'), 'F|S', state='approved')
    merge = approved.fork().commit('merge\n', parents=[approved.tip, gone.tip], author='sato')
    expect('a merge that drops a withdrawal: it still counts', merge, 'F', state='received')
    expect('a merge the other way round', gone.fork().commit('merge\n', parents=[gone.tip, approved.tip], author='sato'), 'F', state='received')
    blocked = start['received'].fork().act('reject', ONE, 'ueda', 'manager', reason='no')
    expect('rejected: nobody else can approve', approve(blocked.fork()), 'F|S', state='received')
    expect('withdrawn by its signer', approve(blocked.fork().act('withdraw', ONE, 'ueda', 'manager', target=blocked.tip, reason='fine')), '', state='approved')
    expect('withdrawn by another', approve(blocked.fork().act('withdraw', ONE, 'tanaka', 'manager', target=blocked.tip, reason='fine')), 'F|S', state='received')
    expect('a reject by somebody without a role', approve(start['received'].fork().act('reject', ONE, 'suzuki', 'manager', reason='no')), 'S|F', state='approved')


@attack('section 7: merges')
def merges(start):
    received, approved = start['received'], start['approved']
    side = approve(received.fork())
    trunk = received.fork().edit({'notes.txt': 'x'}, who='sato')
    line = trunk.fork().commit('merge\n', parents=[trunk.tip, side.tip], author='sato')
    expect('an approval that came by a merge', line, 'F', state='received')
    expect('an approval on a branch that was never merged', trunk, '', state='received')
    third = received.fork().edit({'more.txt': 'x'}, who='sato')
    expect('an octopus', trunk.fork().commit('merge\n', parents=[trunk.tip, side.tip, third.tip], author='sato'), 'F', state='received')
    root = FORGE.line(None)
    root.commit('root\n', tree=FORGE.tree({'x.txt': ('100644', FORGE.blob('x'))}), parents=[], author='sato', time=1795198320)
    expect('a second root', trunk.fork().commit('merge\n', parents=[trunk.tip, root.tip], author='sato'), 'F', state='received')
    expect('a merge with itself', trunk.fork().commit('merge\n', parents=[trunk.tip, trunk.tip], author='sato'), 'F', state='received')
    evil = trunk.fork().changed({PATH: TICKET.replace('replace it', 'nothing') % ONE})
    expect('a merge that brings what neither side had', trunk.fork().commit('merge\n', tree=evil, parents=[trunk.tip, third.tip], author='sato'), 'F')
    clean = trust(received.fork(), settings={'admins': '1', 'history': 'clean'})
    left = clean.fork().edit({'notes.txt': 'x'}, who='sato')
    right = clean.fork().edit({PATH_TWO: TICKET % TWO}, who='sato')
    both = left.fork().changed({PATH_TWO: TICKET % TWO})
    expect('clean: an honest merge', left.fork().commit('merge\n', tree=both, parents=[left.tip, right.tip], author='tanaka', key='tanaka'), '', state='received')
    expect('clean: not signed', left.fork().commit('merge\n', tree=both, parents=[left.tip, right.tip], author='tanaka'), 'F', state='received')
    expect('clean: a change dropped', left.fork().commit('merge\n', parents=[left.tip, right.tip], author='tanaka', key='tanaka'), 'F', state='received')


@attack('section 6: raw commits')
def raw(start):
    received = start['received']
    now = FORGE.commit_info(received.tip)[1]
    expect('earlier than its parent', received.fork().edit({'x.txt': 'x'}, who='sato', time=now - 3600), 'F', state='received')
    expect('a little earlier', received.fork().edit({'x.txt': 'x'}, who='sato', time=now - 30), '', state='received')
    expect('Fmrec-Time is not the time of the commit', approve(received.fork(), over={'Time': stamp(now + 3600)}), 'F', state='received')
    expect('a commit that claims the year 9999', received.fork().edit({'x.txt': 'x'}, who='sato', time=253402300000), '|F|N', state='received')
    expect('a role of the future by a commit of the future', approve(received.fork(), 'mori', 'manager', time=now - 60 * DAY), 'F', state='received')
    expect('a tree with a name twice', received.fork().commit('x\n', tree=double(received), author='sato'), 'F')
    expect('a tree out of order', received.fork().commit('x\n', tree=unsorted(received), author='sato'), 'F')
    expect('a name ..', received.fork().commit('x\n', tree=FORGE.tree({**received.files(), 'a/../x': ('100644', FORGE.blob('x'))}), author='sato'), 'F')
    missing = FORGE.tree({**received.files(), PATH: ('100644', 'd' * 40)})
    expect('a missing blob', received.fork().commit('x\n', tree=missing, author='sato'), 'U|F')
    expect('a missing tree', received.fork().commit('x\n', tree='d' * 40, author='sato'), 'U|F')
    expect('an empty tree', received.fork().commit('x\n', tree=FORGE.write('tree', b''), author='sato'), 'F')


def double(line):
    tree = FORGE.git('cat-file', 'tree', FORGE.commit_info(line.tip)[0], binary=True)
    return FORGE.write('tree', tree + tree[tree.rindex(b'40000 records\0'):])


def unsorted(line):
    tree = FORGE.git('cat-file', 'tree', FORGE.commit_info(line.tip)[0], binary=True)
    cut = tree.rindex(b'40000 records\0')
    return FORGE.write('tree', tree[cut:] + tree[:cut])


@attack('section 3: config')
def config(start):
    approved = start['approved']
    ticket = approved.text('.fmrec/schema/ticket.yaml')
    loose = ticket.replace('by: [manager, cio]', 'by: [development]').replace("not-by: [author, 'signer:receive']\n", 'reason: required\n')
    line = start['received'].fork().edit({'.fmrec/schema/ticket.yaml': loose}, who='sato')
    expect('the workflow changed without a signature', line, 'F', state='received')
    expect('the old workflow keeps governing', approve(line.fork(), 'ito', 'development', reason='x'), 'F', state='received')
    line = start['received'].fork().edit({'.fmrec/schema/ticket.yaml': loose}, who='tanaka', key='tanaka')
    expect('signed by somebody without the role', line, 'F', state='received')
    line = start['received'].fork().edit({'.fmrec/schema/ticket.yaml': loose}, who='ito', key='ito')
    expect('signed by an admin', line, '', state='received')
    expect('then it governs', approve(line, 'abe', 'development', reason='x'), '', state='approved')
    line = start['received'].fork().edit({'.fmrec/schema/ticket.yaml': loose, PATH: TICKET % ONE + 'result: x\n'}, who='ito', key='ito')
    expect('config and a record together', line, 'F', state='received')
    expect('the type taken away', start['approved'].fork().edit({'.fmrec/schema/ticket.yaml': None}, who='sato'), 'F', state='approved')
    expect('the whole of .fmrec taken away', start['approved'].fork().edit({p: None for p in approved.files() if p.startswith('.fmrec/')}, who='ito', key='ito'), 'F', state='approved')


@attack('section 9: acknowledged')
def acknowledged(start):
    bad = approve(start['received'].fork(), 'tanaka', namespace='file')
    wrong = bad.tip
    line = bad.fork().act('acknowledge', None, 'ito', 'admin', target=wrong, reason='a test')
    answer = expect('a bad commit that an admin acknowledged', line, '', state='received')
    say(any(row['acknowledged'] for row in answer.json['findings']), 'it stays in the list, marked', answer.explain())
    expect('acknowledged by somebody who is none', bad.fork().act('acknowledge', None, 'tanaka', 'admin', target=wrong, reason='x'), 'F', state='received')
    expect('without a reason', bad.fork().act('acknowledge', None, 'ito', 'admin', target=wrong), 'F', state='received')
    expect('of a commit that is not in the history', bad.fork().act('acknowledge', None, 'ito', 'admin', target='d' * 40, reason='x'), 'F', state='received')
    expect('an acknowledgement of a bad approval does not make it good', line, '', state='received')


@attack('section 9: the clone')
def clone(start):
    approved = start['approved']
    top = os.path.join(os.environ['T'], 'clone')
    subprocess.run(['cp', '-R', FORGE.top, top], check=True)
    git = lambda *args: subprocess.run(['git', '-C', top, *args], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    stale = approved.fork().replace(PATH, 'replace it', 'replace all', who='sato')
    subprocess.run(['cp', '-R', FORGE.git_dir + '/objects', top + '/.git/'], check=True)
    git('replace', stale.tip, approved.tip)
    expect('a replace ref: the verdict is unchanged', stale, 'F', state='received', top=top, code='.', also=lambda a: ('note' in [k for _, k in a.findings]))
    git('replace', '-d', stale.tip)
    with open(top + '/.git/info/grafts', 'w') as file:
        file.write('%s %s\n' % (stale.tip, approved.tip))
    expect('a graft', stale, 'F', state='received', top=top, also=lambda a: ('note' in [k for _, k in a.findings]))
    os.remove(top + '/.git/info/grafts')
    with open(top + '/.git/shallow', 'w') as file:
        file.write(approved.tip + '\n')
    expect('a shallow clone', approved, 'U', top=top)
    os.remove(top + '/.git/shallow')
    blob = approved.files()[PATH][1]
    os.remove(os.path.join(top, '.git/objects', blob[:2], blob[2:]))
    expect('a blob is missing', approved, 'U', top=top)
    with open(os.path.join(top, '.git/objects', blob[:2], blob[2:]), 'wb') as file:
        file.write(forging.zlib.compress(b'blob 4\0evil'))
    expect('a blob that was tampered with', approved, 'U|F', top=top)


@attack('section 9: pins')
def pins(start):
    pin = os.path.join(os.environ['T'], 'pin')
    approved = start['approved']
    done = subprocess.run([FMREC, 'audit', '--write-pin', pin, approved.tip], cwd=FORGE.top, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    say(done.returncode == 0, 'a pin is written', done.stderr.decode())
    expect('the same tip', approved, '', options=['--pin', pin])
    expect('a later tip', approved.fork().edit({'x.txt': 'x'}, who='sato'), '', options=['--pin', pin])
    expect('a vote dropped by a force push', start['received'], 'F', options=['--pin', pin])
    line = FORGE.line(FORGE.git('rev-parse', 'HEAD').strip())
    line.edit({'.fmrec/schema/ticket.yaml': approved.text('.fmrec/schema/ticket.yaml')}, who='ito', time=1795198399)
    line.edit({POLICY: render(BASE)}, who='ito', key='ito')
    expect('another genesis', line, 'F', options=['--pin', pin])


# ---- attacks of our own ----

@attack('own: timing and order of trust')
def order_of_trust(start):
    received = start['received']
    # section 2: a change governs later commits only; an approval of the parent's policy version is needed
    line = trust(received.fork(), roles=BASE['roles'] + [['manager', 'kato', '2026-04-01', None]])
    stale = approve(line.fork(), over={'Policy': '1 ' + digest(received.policy())})
    expect('a vote that names a policy of yesterday', stale, 'F|S', state='received')
    future = approve(received.fork(), over={'Policy': '2 ' + digest(line.policy())})
    expect('a vote that names a policy of tomorrow', future, 'F|S', state='received')
    expect('the digest of another policy', approve(received.fork(), over={'Policy': '1 sha256:' + '0' * 64}), 'F|S', state='received')
    # section 2: roles end; the role must be held at the time of the vote
    line = trust(received.fork(), roles=[r for r in BASE['roles'] if r[:2] != ['manager', 'tanaka']])
    expect('a role that was revoked', approve(line), 'S', state='received')
    expect('a role that ended', approve(received.fork(), 'mori', 'manager'), 'S', state='received')
    # section 2: an admin of yesterday
    line = trust(received.fork(), roles=[r for r in BASE['roles'] if r[:2] != ['admin', 'ito']])
    expect('an admin who is none any more', trust(line.fork(), 'ito'), 'F')
    # before genesis no Action counts
    line = FORGE.line(FORGE.git('rev-parse', 'HEAD').strip())
    line.edit({'.fmrec/schema/ticket.yaml': received.text('.fmrec/schema/ticket.yaml'), PATH: TICKET % ONE}, who='sato')
    line.policy = received.policy
    line.act('receive', ONE, 'suzuki', 'operations', covers=['title'], meaning='received')
    line = FORGE.line(line.tip).edit({POLICY: render(BASE)}, who='ito', key='ito')
    expect('a vote from before the policy', line, '|F|S', state='draft')
    # a genesis must be signed by one of its admins and hold nothing else
    base = FORGE.line(FORGE.git('rev-parse', 'HEAD').strip()).edit({'.fmrec/schema/ticket.yaml': received.text('.fmrec/schema/ticket.yaml')}, who='ito')
    for name, made in {'not signed': base.fork().edit({POLICY: render(BASE)}, who='ito'),
                       'signed by another': base.fork().edit({POLICY: render(BASE)}, who='tanaka', key='tanaka'),
                       'with a record': base.fork().edit({POLICY: render(BASE), PATH: TICKET % ONE}, who='ito', key='ito'),
                       'of version 2': base.fork().edit({POLICY: render(dict(BASE, version=2))}, who='ito', key='ito')}.items():
        expect('genesis ' + name, made, 'F|U')


@attack('own: a second way to the same bytes')
def same_bytes(start):
    approved, received = start['approved'], start['received']
    # section 4: coverage is of raw bytes; moving them must not move meaning
    text = received.text(PATH)
    expect('indentation of the whole record changed', approved.fork().edit({PATH: ''.join('  ' + row + '\n' for row in text.split('\n') if row)}, who='sato'), 'F', state='received|draft')
    expect('flow style', approved.fork().edit({PATH: '{id: %s, form: 1, title: printer, plan: replace it}\n' % ONE}, who='sato'), 'F', state='received|draft')
    block = received.fork().edit({PATH: text.replace('plan: replace it\n', 'plan: |+\n  replace it\n\n')}, who='sato')
    expect('fields in another order, covered bytes the same', approved.fork().edit({PATH: 'id: %s\nform: 1\nplan: replace it\ntitle: printer\n' % ONE}, who='sato'), '', state='approved')
    expect('a comment between fields', approved.fork().edit({PATH: text.replace('plan:', '# hm\nplan:')}, who='sato'), '', state='approved')
    expect('CRLF line ends', approved.fork().edit({PATH: text.replace('\n', '\r\n')}, who='sato'), '|F')
    expect('a byte order mark', approved.fork().edit({PATH: '\ufeff' + text}, who='sato'), '|F')
    expect('kept lines behind a block scalar', block, '', state='received')
    # a field whose key is quoted is the same key
    expect('the covered key in quotes, another value', approved.fork().edit({PATH: text.replace('plan: replace it', '"plan": nothing')}, who='sato'), 'F', state='received')
    # a continuation line below a plain scalar is part of the value
    expect('a continuation line', approved.fork().edit({PATH: text.replace('plan: replace it\n', 'plan: replace it\n  and all the others\n')}, who='sato'), 'F', state='received')
    expect('a trailing comment on the covered line', approved.fork().edit({PATH: text.replace('plan: replace it', 'plan: replace it # not')}, who='sato'), '', state='approved')


@attack('own: identity')
def identity(start):
    received = start['received']
    # section 5: authorship by look-alike addresses
    base = start['genesis'].fork().edit({PATH: TICKET % ONE}, who='Tanaka <Tanaka@EXAMPLE.COM>')
    expect('own work under the same address in other letters', approve(receive(base)), 'F', state='received')
    base = start['genesis'].fork().edit({PATH: TICKET % ONE}, who='X < tanaka@example.com >')
    expect('own work under the same address with blanks', approve(receive(base)), 'F', state='received|draft')
    line = received.fork().edit({PATH: TICKET.replace('replace it', 'mine') % ONE}, who='Tanaka <>')
    expect('an author without an address', approve(line), 'F|S', state='received')
    base = start['genesis'].fork().edit({PATH: TICKET % ONE}, who='sato', message='x\n\nCO-AUTHORED-BY:tanaka <tanaka@example.com>\n')
    expect('a co-author in capitals without a blank', approve(receive(base)), 'F', state='received')
    base = start['genesis'].fork().edit({PATH: TICKET % ONE}, who='sato', message='x\n\nCo-authored-by: tanaka <tanaka@example.com>\n\nand more text\n')
    expect('a co-author that is not in the last paragraph', approve(receive(base)), 'F', state='received')
    # Fmrec-Signer is not whose key it is
    expect('the signer named is another manager', approve(received.fork(), 'ueda', key='tanaka'), 'F', state='received')
    # the e-mail is added to the policy only afterwards: authors are looked up when the vote is judged
    base = start['genesis'].fork().edit({PATH: TICKET % ONE}, who='T <t@elsewhere.example>')
    receive(base)
    text = successor(base).replace('emails: [tanaka@example.com]', 'emails: [tanaka@example.com, t@elsewhere.example]')
    base.edit({POLICY: text}, who='ito', key='ito')
    expect('an address that the policy learns before the vote', approve(base), 'F', state='received')


@attack('own: replays')
def replays(start):
    approved = start['approved']
    # section 5: a withdrawn or stale vote cannot be played again
    again = approve(approved.fork())
    expect('the same vote twice', again, '|S|F', state='approved')
    gone = approved.fork().act('withdraw', ONE, 'tanaka', 'manager', covers=['plan', 'approver'], target=approved.tip, reason='wrong')
    raw_commit = FORGE.git('cat-file', 'commit', approved.tip, binary=True)
    message = raw_commit.split(b'\n\n', 1)[1]
    armour = re.search(rb'gpgsig (.*?)\n(?! )', raw_commit, re.S).group(1).replace(b'\n ', b'\n').decode()
    expect('a withdrawn vote played again', gone.fork().commit(message, author='tanaka', armour=armour), 'F', state='received')
    # the history is joined to one where the vote was given: the same commit object as a side parent
    expect('a withdrawn vote brought back by a merge', gone.fork().commit('merge\n', parents=[gone.tip, approved.tip], author='sato'), 'F', state='received')
    # withdrawing the withdrawal is not a vote
    expect('a withdrawal withdrawn', gone.fork().act('withdraw', ONE, 'tanaka', 'manager', covers=['plan', 'approver'], target=gone.tip, reason='x'), 'F|S', state='received')
    # section 2: an endorsement of another candidate
    two = trust(start['received'].fork(), settings={'admins': '2'})
    first = trust(two.fork(), roles=BASE['roles'] + [['manager', 'kato', '2026-04-01', None]])
    target = first.tip
    second = first.fork_with(two.policy)
    second.rules = two.rules
    second = second.edit({POLICY: successor(second, roles=BASE['roles'] + [['admin', 'mori', '2026-04-01', None]])}, who='ito', key='ito')
    second.policy = two.policy
    second.act('endorse', None, 'abe', 'admin', target=target)
    expect('an endorsement of a candidate that another one replaced', second, '|S|F', also=lambda a: a.json['summary'].get('policy_version') == 2)


@attack('own: paths')
def paths(start):
    approved = start['approved']
    text = approved.text(PATH)
    # sections 4 and 6: what lies beside a record
    expect('a directory in place of the record', approved.fork().edit({PATH: None, PATH + '/x': 'x'}, who='sato'), 'F')
    expect('a file in place of records', approved.fork().edit({**{p: None for p in approved.files() if p.startswith('records/')}, 'records': 'x'}, who='sato'), 'F')
    expect('.fmrec as a symbolic link', approved.fork().edit({**{p: None for p in approved.files() if p.startswith('.fmrec/')}, '.fmrec': ('120000', 'x')}, who='sato'), 'F', state='approved')
    expect('trust as a symbolic link', approved.fork().edit({POLICY: None, '.fmrec/trust': ('120000', 'x')}, who='sato'), 'F', state='approved')
    expect('trust as a submodule', approved.fork().edit({POLICY: None, '.fmrec/trust': ('160000', approved.tip)}, who='sato'), 'F', state='approved')
    expect('a record with the wrong id inside', start['genesis'].fork().edit({PATH: TICKET % TWO}, who='sato'), 'F')
    expect('a record of a type that is none', start['genesis'].fork().edit({PATH.replace('ticket', 'nothing'): text}, who='sato'), '|F|N|S')
    deeper = start['approved'].fork().edit({PATH.replace('2026/', '2026/x/'): text}, who='sato')
    expect('a record in a deeper directory is none', deeper, '|F', state='approved')
    expect('.yml', start['genesis'].fork().edit({PATH.replace('.yaml', '.yml'): text}, who='sato'), 'F')
    expect('a line end in a path', start['genesis'].fork().edit({PATH[:-5] + '/a\nFmrec-Action: x': 'x'}, who='sato'), 'F')
    expect('an escape sequence in a path', start['filed'].fork().edit({PATH[:-5] + '/\x1b[2J': 'x'}, who='sato'), 'F')
    expect('attachments of a record that is not there', start['genesis'].fork().edit({PATH[:-5] + '/a.txt': 'x'}, who='sato'), '|F|S')
    # an attachment as a symbolic link shows other bytes than were signed
    expect('an attachment that is a symbolic link', approved.fork().edit({PATH[:-5] + '/a.txt': ('120000', '/etc/passwd')}, who='sato'), 'F')


@attack('own: delegation')
def delegation(start):
    received = start['received']
    lend = lambda line, who='ueda', role='cio', deputy='suzuki', **more: line.act('delegate', None, who, role, extra=[
        ['Deputy', 'p-' + deputy], ['From', '2026-11-20'], ['Until', '2026-11-30']], **more)
    line = lend(received.fork())
    expect('a director lends a role', line, '', state='received')
    expect('the deputy signs, but received it (signer:)', approve(line.fork(), 'suzuki', 'cio', behalf='ueda'), 'F|S', state='received')
    line = lend(received.fork(), deputy='kato')
    expect('a deputy without a key', line, '|S|F')
    expect('a role that one does not hold', approve(lend(received.fork(), 'tanaka', 'cio', 'abe'), 'abe', 'cio', behalf='tanaka'), 'S|F', state='received')
    expect('a deputy lends on', approve(received.fork().act('delegate', None, 'mori', 'manager', behalf='tanaka', extra=[
        ['Deputy', 'p-abe'], ['From', '2026-11-20'], ['Until', '2026-11-30']]), 'abe', 'manager', behalf='tanaka'), 'F|S', state='received')
    expect('admin cannot be lent', lend(received.fork(), 'ito', 'admin', 'mori'), 'F|S', state='received')
    circle = lend(lend(received.fork(), 'tanaka', 'manager', 'ueda'), 'ueda', 'manager', 'tanaka')
    circle = approve(circle.fork(), 'ueda')
    circle.act('agree', ONE, 'tanaka', 'manager', covers=['plan'], meaning='agreed').act('agree', ONE, 'ueda', 'manager', covers=['plan'], meaning='agreed')
    expect('two who are deputies of each other have one vote', circle, 'F|S', state='approved')


@attack('own: times that cannot be')
def times(start):
    received = start['received']
    now = FORGE.commit_info(received.tip)[1]
    # section 6: an edit in the past opens no door for votes in the past
    with_end = [[k, o, dict(m, **({'not-after': '2026-11-21'} if k == 'tanaka' else {}))] for k, o, m in BASE['keys']]
    line = trust(received.fork(), keys=with_end).edit({'notes.txt': 'x'}, who='sato', time=now + 3 * DAY)
    line.edit({'notes.txt': 'y'}, who='sato', time=now + 120)
    expect('an expired key behind a backdated edit', approve(line), 'F')
    expect('a vote an hour before its parent', approve(received.fork(), time=now - 3600), 'F', state='received')
    expect('a vote within the slack', approve(received.fork(), time=now - 30), '', state='approved')
    creeping = received.fork()
    for step in range(1, 6):
        creeping.edit({'notes.txt': str(step)}, who='sato', time=now - 50 * step)
    expect('an hour in small steps', creeping, 'F')


@attack('own: stolen keys')
def stolen(start):
    # section 2: what a stolen key did since then does not stand
    approved = start['approved']
    since = lambda commit, who: [[k, o, {'state': 'compromised', 'compromised-since': commit} if k == who else m] for k, o, m in BASE['keys']]
    bad = approve(start['received'].fork(), namespace='file')
    mark = bad.fork().edit({'notes.txt': 'x'}, who='sato')
    hidden = mark.fork().act('acknowledge', None, 'ito', 'admin', target=bad.tip, reason='never mind')
    expect('a stolen admin key acknowledges: reported later', trust(hidden, 'abe', keys=since(mark.tip, 'ito')), 'F', state='received')
    mark = approved.fork().edit({'notes.txt': 'x'}, who='sato')
    line = trust(mark.fork(), 'ito', roles=BASE['roles'] + [['manager', 'kato', '2026-04-01', None]])
    rules = dict(line.rules, keys=since(mark.tip, 'ito'))
    expect('a stolen admin key changed trust: reported later', trust(line, 'abe', **{k: v for k, v in rules.items() if k not in ('version', 'previous')}), 'F', code='policy.disputed')
    loose = approved.text('.fmrec/schema/ticket.yaml').replace('by: [manager, cio]', 'by: [development]')
    line = mark.fork().edit({'.fmrec/schema/ticket.yaml': loose}, who='ito', key='ito')
    expect('a stolen admin key changed the workflow: reported later', trust(line, 'abe', keys=since(mark.tip, 'ito')), 'F', code='policy.disputed')
    line = mark.fork().act('reject', ONE, 'ueda', 'manager', reason='no')
    expect('a stolen key rejected: it blocks no more', trust(line, keys=since(mark.tip, 'ueda')).act('void', ONE, 'tanaka', 'manager', covers=['title'], meaning='void', reason='x'), '|S', state='void')
    line = trust(approved.fork(), keys=since('d' * 40, 'tanaka'))
    expect('compromised since a commit that is not here: all is disputed', line, '|S|F', state='received', vote=(approved.tip, 'disputed'))
    line = trust(approved.fork(), keys=since(approved.tip, 'tanaka'))
    line.rules = dict(line.rules)
    good = trust(line.fork(), keys=BASE['keys'])
    expect('a compromised key made good again', good, 'F', state='received')


@attack('own: away with it')
def away(start):
    approved = start['approved']
    # section 5: what was approved goes only after a quorum withdrew the approval itself
    junior = approved.fork().act('withdraw', ONE, 'suzuki', 'operations', covers=['title'], target=start['received'].tip, reason='oops')
    expect('the receipt is withdrawn by its signer', junior, '', state='draft')
    expect('and the record deleted: its approval was not withdrawn', junior.fork().edit({PATH: None}, who='sato'), 'F', code='rec.deleted')
    expect('or moved', junior.fork().edit({PATH: None, PATH.replace('0001', '0005'): TICKET % ONE.replace('0001', '0005')}, who='sato'), 'F')
    expect('deleted after the approval was withdrawn too', junior.fork().act('withdraw', ONE, 'tanaka', 'manager', covers=['plan', 'approver'], target=approved.tip, reason='x').edit({PATH: None}, who='sato'), '')
    both = approved.fork().act('withdraw', ONE, 'tanaka', 'manager', covers=['plan', 'approver'], target=approved.tip, reason='x')
    expect('approval withdrawn, receipt stands', both.fork().edit({PATH: None}, who='sato'), 'F', code='rec.deleted')
    both.act('withdraw', ONE, 'suzuki', 'operations', covers=['title'], target=start['received'].tip, reason='x')
    expect('both withdrawn: it may go', both.edit({PATH: None}, who='sato'), '')
    stale = approved.fork().replace(PATH, 'replace it', 'x', who='sato').edit({PATH: None}, who='sato')
    expect('first spoilt, then deleted', stale, 'F', code='rec.deleted')
    voided = approved.fork().act('void', ONE, 'ueda', 'manager', covers=['title'], meaning='void', reason='x')
    expect('void, then deleted', voided.edit({PATH: None}, who='sato'), 'F', code='rec.deleted')
    # the file stays, but is emptied or no longer read
    expect('moved away as an attachment', approved.fork().edit({PATH: None, PATH[:-5] + '/old.yaml': TICKET % ONE}, who='sato'), 'F', code='rec.(deleted|renamed)')
    # section 6: a look-alike that hides behind a record that is gone
    first, real, false = ['TKT-20261121-%s' % tail for tail in ('OOO8', '0008', 'O008')]
    place = lambda record: 'records/ticket/2026/%s.yaml' % record
    line = start['genesis'].fork().edit({place(first): TICKET % first}, who='sato').edit({place(first): None}, who='sato')
    line.edit({place(real): TICKET % real}, who='sato')
    expect('a look-alike behind a record that is gone', line.edit({place(false): TICKET % false}, who='sato'), 'F')


@attack('own: laundering')
def laundering(start):
    received, approved = start['received'], start['approved']
    ticket = approved.text('.fmrec/schema/ticket.yaml')
    loose = ticket.replace('by: [manager, cio]', 'by: [development]').replace("not-by: [author, 'signer:receive']\n", 'reason: required\n')
    # section 3: an unsigned change of the workflow does not come into force with the next signed one unnoticed
    line = received.fork().edit({'.fmrec/schema/ticket.yaml': loose}, who='sato')
    line.edit({'.fmrec/schema/note.txt': 'x'}, who='ito', key='ito')
    expect('an unsigned change of config below a signed one', line, 'F')
    # section 2: an unsigned policy, then a signed successor of it
    text = successor(received.fork(), roles=BASE['roles'] + [['manager', 'sato', '2026-04-01', None]])
    line = received.fork().edit({POLICY: text}, who='sato')
    line.rules = line.__dict__.get('rules', BASE)
    rules = copy.deepcopy(BASE)
    rules.update(version=3, previous=digest(text))
    expect('a signed successor of a policy that was never in force', line.edit({POLICY: render(rules)}, who='ito', key='ito'), 'F', also=lambda a: a.json['summary'].get('policy_version') == 1)
    # section 5: signing with words of another state: the vote of an open ballot is used after the record went on
    line = start['approved'].fork().act('agree', ONE, 'ito', 'development', covers=['plan'], meaning='agreed')
    line.act('withdraw', ONE, 'tanaka', 'manager', covers=['plan', 'approver'], target=start['approved'].tip, reason='x')
    line.act('approve', ONE, 'ueda', 'manager', covers=['plan', 'approver'])
    expect('half a ballot does not survive the approval it rests on', line.fork().act('agree', ONE, 'abe', 'development', covers=['plan'], meaning='agreed'), '|S', state='approved|agreed')
    # section 4: a subject that lies
    expect('title text in the subject', approve(received.fork(), subject='fmrec: approve %s printer' % ONE), 'F', state='received')
    # section 6: git notes, tags and other refs say nothing
    expect('Fmrec lines in a commit of nothing', received.fork().commit('x\n\nFmrec-Format: 1\n', author='tanaka', key='tanaka'), 'F', state='received')
    # section 6: encodings
    line = approve(received.fork(), headers=['encoding UTF-7'])
    expect('an Action in another encoding', line, '|F', state='received|approved')
    # section 5: roles by another spelling
    expect('a role in capitals', approve(received.fork(), role='Manager'), 'S|F', state='received')
    expect('a person in capitals', approve(received.fork(), over={'Signer': 'P-TANAKA'}), 'F', state='received')


@attack('own: clean merges')
def clean_merges(start):
    # section 7, opt-in: what side commits sign must hold where they come onto the trunk
    received = start['received']
    clean = trust(received.fork(), settings={'admins': '1', 'history': 'clean'})
    side = approve(clean.fork())
    trunk = clean.fork().edit({'notes.txt': 'x'}, who='sato')
    join = lambda trunk, side, changes=None, key='tanaka', **more: trunk.fork().commit(
        'merge\n', tree=trunk.fork().changed(changes or {}), parents=[trunk.tip, side.tip], author=key, key=key, **more)
    expect('an approval on the side of a clean merge', join(trunk, side), '', state='approved')
    expect('the merge signed by a stranger', join(trunk, side, key='mallory'), 'F')
    retired = trust(trunk.fork(), keys=[[k, o, {'state': 'retired'} if k == 'tanaka' else m] for k, o, m in BASE['keys']], settings=clean.rules['settings'])
    expect('a key that the trunk has retired since', join(retired, side, key='ueda'), 'F', state='received')
    edited = trunk.fork().replace(PATH, 'replace it', 'repair it', who='sato')
    expect('the trunk changed what the side approved', join(edited, side), '|F|S', state='received')
    twice = side.fork().replace(PATH, 'replace it', 'repair it', who='sato')
    expect('the side changed what it had approved', join(trunk, twice, {PATH: twice.text(PATH)}), 'F|S', state='received')
    gone = side.fork().act('withdraw', ONE, 'tanaka', 'manager', covers=['plan', 'approver'], target=side.tip, reason='x')
    expect('approved and withdrawn on the side', join(trunk, gone), '|S|F', state='received')
    again = join(trunk, gone)
    expect('and the approval merged a second time without its withdrawal', join(again, side), 'F', state='received')
    backdated = clean.fork().edit({'x.txt': 'x'}, who='sato')
    approve(backdated, 'mori', 'manager', time=FORGE.commit_info(clean.tip)[1] - 60 * DAY)
    expect('a role that had ended, on a backdated side', join(trunk, backdated, {'x.txt': 'x'}), 'F', state='received')
    policy_side = trust(clean.fork(), roles=BASE['roles'] + [['manager', 'kato', '2026-04-01', None]])
    expect('a change of trust on a side', join(trunk, policy_side, {POLICY: policy_side.policy()}, key='ito'), 'F', also=lambda a: a.json['summary'].get('policy_version') == 2)
    acked = approve(clean.fork(), namespace='file')
    hidden = acked.fork().act('acknowledge', None, 'ito', 'admin', target=acked.tip, reason='x')
    expect('an acknowledgement on a side', join(trunk, hidden), 'F')


@attack('own: kinds of keys')
def kinds_of_keys(start):
    # section 2: each kind of key that can be made without hardware signs
    for kind in ('ecdsa -b 256', 'ecdsa -b 384', 'ecdsa -b 521', 'rsa -b 3072'):
        name = 'key-' + kind.replace(' -b ', '')
        FORGE.person(name, kind)
        line = trust(start['received'].fork(), keys=BASE['keys'] + [[name, 'tanaka', {'state': 'active'}]])
        expect('signed with ' + kind, approve(line, key=name), '', state='approved')
    FORGE.person('short', 'rsa -b 2048')
    line = trust(start['received'].fork(), keys=BASE['keys'] + [['short', 'tanaka', {'state': 'active'}]])
    expect('a policy with an RSA key of 2048 bits', line, 'F', state='received', code='policy.bad')
    line = start['received'].fork()
    expect('signed with one', approve(line, key='short'), 'F|U', state='received')


@attack('own: two admins')
def two_admins(start):
    # section 2: a threshold of two is two persons with the role at that time
    two = trust(start['received'].fork(), settings={'admins': '2'})
    change = lambda line: trust(line, roles=BASE['roles'] + [['manager', 'kato', '2026-04-01', None]])
    version = lambda number: lambda a: a.json['summary'].get('policy_version') == number
    candidate = change(two.fork())
    mark = candidate.tip
    endorse = lambda line, who, **more: line.fork_with(two.policy).act('endorse', None, who, 'admin', target=mark, **more)
    expect('endorsed with the key of a third person', endorse(candidate, 'abe', key='tanaka'), 'F', also=version(2))
    expect('endorsed by a signature for files', endorse(candidate, 'abe', namespace='file'), 'F', also=version(2))
    expect('endorsed in another role', candidate.fork_with(two.policy).act('endorse', None, 'abe', 'notary', target=mark), 'S|F', also=version(2))
    undone = candidate.fork().edit({POLICY: two.policy()}, who='sato')
    expect('endorsed after somebody put the old text back', endorse(undone, 'abe'), 'F', also=version(2))
    touched = candidate.fork().edit({'.fmrec/trust/x': 'x'}, who='sato')
    expect('endorsed after an unsigned change beside it', endorse(touched, 'abe'), 'F', also=version(2))
    bad = approve(two.fork(), namespace='file')
    one = bad.fork().act('acknowledge', None, 'ito', 'admin', target=bad.tip, reason='x')
    expect('acknowledged by one of two', one, 'F')
    expect('by one of them twice', one.fork().act('acknowledge', None, 'ito', 'admin', target=bad.tip, reason='y'), 'F')
    expect('by both', one.fork().act('acknowledge', None, 'abe', 'admin', target=bad.tip, reason='y'), '')


@attack('own: rules of the policy')
def rules_of_policy(start):
    # section 2: the policy overrides whom the type asks; deny by default
    received = start['received']
    line = trust(received.fork(), rules="rules:\n  ticket:\n    approve: {by: [cio]}\n")
    expect('only a cio may approve', approve(line.fork()), 'S', state='received')
    expect('and does', approve(line.fork(), 'ueda', 'cio'), '', state='approved')
    line = trust(received.fork(), rules="rules:\n  ticket:\n    approve: {votes: 2}\n")
    expect('two must approve', approve(line.fork()), '', state='received')
    expect('and do', approve(approve(line.fork()), 'ueda'), '', state='approved')
    expect('principal and deputy do not', approve(approve(line.fork()), 'mori', behalf='tanaka'), '|S|F', state='received')
    line = trust(received.fork(), rules="rules:\n  ticket:\n    approve: {by: []}\n")
    expect('nobody may approve', approve(line.fork()), 'S|F', state='received')
    line = trust(received.fork(), rules="rules:\n  ticket:\n    approve: {reason: required}\n")
    expect('a reason is asked for', approve(line.fork()), 'S|F', state='received')
    expect('rules of a type that is none', trust(received.fork(), rules="rules:\n  nothing:\n    approve: {by: [cio]}\n"), '', state='received')


@attack('own: signed edits')
def signed_edits(start):
    line = trust(start['received'].fork(), settings={'admins': '1', 'edits': 'signed', 'author-roles': '[operations, manager]'})
    text = line.text(PATH)
    expect('not signed', line.fork().edit({PATH: text + 'result: x\n'}, who='suzuki'), 'F')
    expect('signed', line.fork().edit({PATH: text + 'result: x\n'}, who='suzuki', key='suzuki'), '', state='received')
    expect('signed by somebody without the role', line.fork().edit({PATH: text + 'result: x\n'}, who='ito', key='ito'), 'F')
    expect('signed by a stranger', line.fork().edit({PATH: text + 'result: x\n'}, who='suzuki', key='mallory'), 'F')
    expect('the author line is another', line.fork().edit({PATH: text + 'result: x\n'}, who='sato', key='suzuki'), 'N|', state='received')
    expect('what is not governed needs no signature', line.fork().edit({'x.txt': 'x'}, who='sato'), '', state='received')


@attack('own: much and large')
def much(start):
    received = start['received']
    # section 6: bounded time and memory
    expect('a message of a megabyte', received.fork().commit('x\n' * 600000, author='sato'), '|F|U')
    expect('a record of five megabytes', received.fork().edit({PATH: TICKET % ONE + 'result: ' + 'x' * 5000000 + '\n'}, who='sato'), 'F|U')
    expect('a million of the same parent', received.fork().commit('x\n', parents=[received.tip] * 5000, author='sato'), 'F')
    expect('a tree of many levels', received.fork().edit({'a/' * 400 + 'x': 'x'}, who='sato'), '|F|U')
    expect('an armour of a megabyte', received.fork().commit('x\n', author='sato', armour='-----BEGIN SSH SIGNATURE-----\n' + 'A' * 900000 + '\n-----END SSH SIGNATURE-----'), '|F|U')
    expect('brackets, many', received.fork().edit({PATH: TICKET % ONE + 'result: ' + '[' * 100000 + '\n'}, who='sato'), 'F')


# ---- histories at random ----

TRANSITIONS = {'receive': [[['operations', 'manager'], ['title'], 'received']], 'approve': [[['manager', 'cio'], ['plan', 'approver'], 'approved']],
               'agree': [[['development', 'manager'], ['plan'], 'agreed']], 'close': [[['manager'], None, 'closed']], 'void': [[['manager'], ['title'], 'void']],
               'sign': [[['manager'], ['plan'], 'signed'], [['cio'], ['plan', 'result'], 'countersigned']]}
WEIGHTS = {'receive': 8, 'approve': 12, 'agree': 10, 'close': 8, 'sign': 6, 'void': 1, 'withdraw': 2, 'reject': 1}
PAIRS = {'suzuki': ['operations'], 'tanaka': ['manager'], 'ueda': ['manager', 'cio'], 'ito': ['development', 'admin'], 'abe': ['development', 'admin'], 'mori': ['manager']}


def random_act(line, dice, acts):
    verb = dice.choices(list(WEIGHTS), WEIGHTS.values())[0]
    if verb in ('withdraw', 'reject'):
        who = dice.choice(list(PAIRS))
        target = dice.choice(acts) if acts and verb == 'withdraw' else None
        if verb == 'reject' or target:
            line.act(verb, ONE, who, dice.choice(PAIRS[who]), target=target, reason='x')
        return
    by, covers, meaning = dice.choice(TRANSITIONS[verb])
    who = dice.choice([who for who in PAIRS if set(PAIRS[who]) & set(by)] if dice.random() < 0.9 else list(PAIRS))
    role = dice.choice([role for role in PAIRS[who] if role in by] or by)
    behalf = 'tanaka' if who == 'mori' and dice.random() < 0.7 else None
    line.act(verb, ONE, who, role, covers=covers, meaning=meaning, behalf=behalf, reason='x' if verb == 'void' else None,
             namespace='file' if dice.random() < 0.05 else 'git', key='suzuki' if dice.random() < 0.05 else None)


def random_edit(line, dice):
    who = dice.choice(['sato', 'kato', 'tanaka', 'ueda', 'nobody'])
    here = PATH in line.files()
    what = dice.random()
    if not here:
        line.edit({PATH: TICKET % ONE}, who=who)
    elif what < 0.03:
        line.edit({PATH: (dice.choice(['100755', '120000', '100644']), line.text(PATH))}, who=who)
    elif what < 0.05:
        line.edit({PATH: None}, who=who)
    elif what < 0.35:
        name = PATH[:-5] + dice.choice(['/a.txt', '/b/c.txt'])
        line.edit({name: dice.choice(['1', '2', None]) if name in line.files() else '1'}, who=who)
    else:
        fields = ['id: ' + ONE, 'form: 1', 'title: ' + dice.choice(['printer'] * 8 + ['scanner']), 'plan: ' + dice.choice(['replace it'] * 4 + ['repair it'])]
        fields += dice.choice([[]] + [['result: done']] * 5) + dice.choice([[]] * 8 + [['approver: cio']])
        if dice.random() < 0.1:
            fields.append('# remark')
        line.edit({PATH: '\n'.join(fields) + '\n'}, who=who)


def random_line(start, dice, length):
    line = dice.choice([start['filed'], start['received'], start['approved']]).fork()
    tips, acts = [start['filed'].tip], [start['received'].tip, start['approved'].tip]
    for _ in range(length):
        kind = dice.random()
        before = line.tip
        if kind < 0.75 and PATH in line.files():
            random_act(line, dice, acts)
            acts.append(line.tip)
        elif kind < 0.93:
            random_edit(line, dice)
        elif kind < 0.96:
            line.commit('merge\n', parents=[line.tip, dice.choice(tips)], author='sato')
        else:
            victim = dice.choice(['tanaka', 'ueda', 'suzuki'])
            state = dice.choice([{'state': 'retired'}, {'state': 'compromised', 'compromised-since': dice.choice(tips)}])
            rules = getattr(line, 'rules', BASE)
            trust(line, keys=[[k, o, state if k == victim and m['state'] == 'active' else m] for k, o, m in rules['keys']])
        tips.append(before)
    return line


def unsound(line, answer):
    """Why the state cannot be what audit says, found out without fmrec; or None."""
    row = answer.records.get(ONE)
    if not row or row['deleted'] or row['state'] == 'draft' or PATH not in line.files():
        return None
    steps = [step for step in row['steps'] if step['stands']]
    if not steps:
        return 'a state without a step'
    votes = {vote['commit']: vote for vote in row['votes']}
    for step in steps:
        for commit in step['votes']:
            vote = votes[commit]
            if vote['digest'] != digest(line.manifest(ONE, vote.get('covers'))):
                return '%s stands on %s, which signed other bytes' % (step['transition'], commit)
            if vote['status'] != 'counts':
                return '%s stands on a signature that is %s' % (step['transition'], vote['status'])
        if len({votes[commit].get('on_behalf_of') or votes[commit]['person'] for commit in step['votes']}) != len(step['votes']):
            return 'one person signed twice'
    return None


def state_listed(tip):
    """The state that `list` shows, which must not be another than that of the audit."""
    subprocess.run(['git', 'checkout', '-q', '-f', tip], cwd=FORGE.top, check=True)
    done = subprocess.run([FMREC, 'list', '--format', 'json', '--columns', 'id,state'], cwd=FORGE.top, stdout=subprocess.PIPE)
    return {row['id']: row.get('state') for row in json.loads(done.stdout or '[]')}.get(ONE)


@attack('own: histories at random')
def at_random(start):
    histories, seed = int(os.environ.get('HISTORIES', '15')), int(os.environ.get('SEED', '1'))
    found, states = [], {}
    for number in range(histories):
        line = random_line(start, random.Random(seed * 100000 + number), 20)
        answer = Answer(line.tip)
        why = unsound(line, answer) if answer.code in (0, 1, 3) else 'exit code %d' % answer.code
        listed = state_listed(line.tip)
        if not why and listed is not None and listed != answer.state():
            why = 'listed as %s, audited as %s' % (listed, answer.state())
        states[answer.state()] = states.get(answer.state(), 0) + 1
        if why:
            found.append('SEED=%d, history %d: %s\n%s' % (seed, number, why, answer.explain()))
    say(not found, '%d histories: every state rests on signatures of what is there' % histories, *found[:3])
    print('# states: %s' % states)


# What the hook looks at besides: is each record valid, and is the time near its own clock?
STRICTER = r'value\.unknown-field|push\.time|record\.type|transitions\.5\.by' # the last: nobody may burn a ticket


@attack('the server')
def server(start):
    """Section 8: what audit says is a violation, the hook does not let in; but for a record that changed, which only falls."""
    top = os.path.join(os.environ['T'], 'server.git')
    subprocess.run(['git', 'init', '-q', '--bare', top], check=True)
    with open(top + '/objects/info/alternates', 'w') as file:
        file.write(os.path.join(FORGE.git_dir, 'objects') + '\n')
    let_in, kept_out = [], []
    for name, answer, base, tip in judged:
        subprocess.run(['git', '-C', top, 'update-ref', 'refs/heads/main', base], check=True)
        done = subprocess.run([FMREC, 'hook', 'pre-receive'], cwd=top, input='%s %s refs/heads/main\n' % (base, tip), text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        violations = {row['code'] for row in answer.json['findings'] if row['outcome'] == 'violation' and not row['acknowledged']}
        if violations - {'rec.stale'} and done.returncode == 0:
            let_in.append((name, sorted(violations), done.stdout))
        if answer.verdict == 'proven' and not answer.codes and done.returncode and not re.search(STRICTER, done.stdout):
            kept_out.append((name, done.stdout))
    say(not let_in, 'nothing of %d gets in that audit calls a violation' % len(judged), *let_in)
    say(not kept_out, 'nothing is kept out that audit has nothing against', *kept_out)


def main():
    global FORGE
    top = os.path.join(os.environ['T'], 'work', 'repository')
    FORGE = Forge(top, os.path.join(os.environ['T'], 'keys'))
    for name in PEOPLE + ['mallory', 'ito2']:
        FORGE.person(name)
    start = honest()
    for line in start.values():
        line.base = line.tip
    pattern = sys.argv[1] if len(sys.argv) > 1 else '.'
    for title, function in attacks:
        if not re.search(pattern, title):
            continue
        print('# ' + title)
        try:
            function(start)
        except Exception as error: # a test that breaks must not hide the others
            import traceback
            say(False, title, traceback.format_exc())
            del error
    print('1..%d' % count)
    sys.exit(failures > 0 or count == 0)


main()
