import { testScenarios } from '../support/git-scenarios.js'

/** Commands that bring files into git, and that bring files of git into the work tree. */
const ONE = { small: 'small1', large: 'large1' }
const THREE = { small: 'small3', large: 'large3' }
const YOUNG = 'git looks again at young files that are not annexed'
const CHANGE = 'put small3 small; put large3 large'
const SCRIBBLE = 'echo scribbled >small; echo scribbled >large'

testScenarios('files', [
  {
    name: 'git add',
    run: `${CHANGE}; git add small large`,
    has: THREE,
    status: ['M  large', 'M  small'],
  },
  {
    name: 'git add -A with new files',
    run: 'put small3 n/small; put large3 n/large; git add -A',
    has: { 'n/small': 'small3', 'n/large': 'large3' },
    status: ['A  n/large', 'A  n/small'],
  },
  {
    name: 'nothing is said when all goes well: silent',
    run: `(${CHANGE}; git add .; git commit -qm x; git checkout -q HEAD~1; git checkout -q -; git stash -q -u; git status -s; git reset -q --hard) >../said 2>&1; is "$(cat ../said)" ""`,
    has: THREE,
  },
  {
    name: 'git add -p',
    run: `${CHANGE}; yes | git add -p >/dev/null; git commit -qm x`,
    has: THREE,
    since: '2.37',
  },
  {
    name: 'git checkout -p',
    run: `${CHANGE}; yes | git checkout -q -p >/dev/null`,
    since: '2.37',
    mayFilter: 'git apply leaves entries without stat fields',
  },
  {
    name: 'git stash -p',
    run: `${CHANGE}; yes | git stash push -q -p >/dev/null; git stash pop -q; git commit -qam x`,
    has: THREE,
    since: '2.37',
  },
  {
    name: 'git update-index --chmod',
    run: 'git update-index --chmod=+x small large; git commit -qm x; git checkout -q .; [ -x large ]; git checkout -q HEAD~1; git checkout -q main; [ -x small ]',
  },
  { name: 'git add -u', run: `${CHANGE}; git add -u; git commit -qm x`, has: THREE },
  {
    name: 'git add -N, then git commit -a',
    run: 'put small3 n1; put large3 n2; git add -N .; git commit -qam x',
    has: { n1: 'small3', n2: 'large3' },
  },
  {
    name: 'git add of what is there already',
    run: 'touch -d 2001-01-01 small large; git add small large',
  },
  { name: 'git add --renormalize', run: 'git add --renormalize .' },
  { name: 'git commit -a', run: `${CHANGE}; git commit -qam three`, has: THREE },
  {
    name: 'git commit of a path',
    run: `${CHANGE}; git commit -qm three large`,
    has: THREE,
    status: [' M small'],
  },
  { name: 'git commit --amend', run: `${CHANGE}; git commit -qa --amend --no-edit`, has: THREE },
  {
    name: 'git commit --include of a path',
    run: `${CHANGE}; git add small; git commit -qm x -i large`,
    has: THREE,
  },
  {
    name: 'git checkout of a branch, there and back',
    run: 'git checkout -q side; git checkout -q main',
  },
  { name: 'git checkout of a commit', run: 'git checkout -q HEAD~1', has: ONE },
  { name: 'git checkout -- path', run: `${SCRIBBLE}; git checkout -- small large` },
  {
    name: 'git checkout COMMIT -- path',
    run: 'git checkout -q HEAD~1 -- small large',
    has: ONE,
    status: ['M  large', 'M  small'],
  },
  {
    name: 'git checkout -f',
    run: `${SCRIBBLE}; git checkout -qf side`,
    has: { ...ONE, 'side-small': 'small6', 'side-large': 'large6' },
  },
  {
    name: 'git checkout -m with changes',
    run: 'put large3 dir/large; git checkout -qm side',
    has: { ...ONE, 'dir/large': 'large3' },
    status: [' M dir/large'],
  },
  { name: 'git switch', run: 'git switch -q side', has: { ...ONE, 'side-large': 'large6' } },
  { name: 'git switch -c', run: `${CHANGE}; git switch -qc new; git commit -qam x`, has: THREE },
  {
    name: 'git switch --orphan and back',
    run: 'git switch -q --orphan o; git switch -q main',
    mayFilter: YOUNG,
  },
  { name: 'git restore', run: `${SCRIBBLE}; git restore small large` },
  { name: 'git restore of removed files', run: 'rm small large; git restore .' },
  {
    name: 'git restore --source',
    run: 'git restore --source=HEAD~1 small large',
    has: ONE,
    status: [' M large', ' M small'],
    mayFilter: 'git does not store in the index what is not in it',
  },
  { name: 'git restore --staged --worktree', run: `${CHANGE}; git add .; git restore -SW .` },
  {
    name: 'git restore --staged',
    run: `${CHANGE}; git add .; git restore --staged .; git commit -qam x`,
    has: THREE,
  },
  { name: 'git reset --hard', run: 'git reset -q --hard HEAD~1', has: ONE },
  { name: 'git reset --hard over changes', run: `${SCRIBBLE}; git reset -q --hard` },
  { name: 'git reset, then git commit -a', run: 'git reset -q HEAD~1; git commit -qam again' },
  { name: 'git reset --keep', run: 'git reset -q --keep HEAD~1', has: ONE },
  {
    name: 'git read-tree -u -m',
    run: 'git read-tree -u -m HEAD HEAD~1',
    has: ONE,
    status: ['M  large', 'M  small'],
  },
  { name: 'git checkout-index -f', run: 'rm small large; git checkout-index -f -u small large' },
  {
    name: 'git rm',
    run: 'git rm -q small large; git commit -qm x; [ ! -e small ]; [ ! -e large ]',
    has: {},
  },
  { name: 'git rm, then back', run: 'git rm -q small large; git reset -q; git checkout .' },
  {
    name: 'git rm --cached, then git add',
    run: 'git rm -q --cached small large; git add small large',
  },
  {
    name: 'git mv',
    run: 'git mv small a; git mv large b; git commit -qm x',
    has: { a: 'small2', b: 'large2' },
  },
  {
    name: 'git mv of a directory',
    run: 'git mv dir d2; git commit -qm x; git checkout -q HEAD~1; git checkout -q -',
    has: { 'd2/small': 'small5', 'd2/large': 'large5' },
  },
  {
    name: 'mv, then git add -A',
    run: 'mv small a; mv large b; git add -A; git commit -qm x',
    has: { a: 'small2', b: 'large2' },
  },
  { name: 'git clean', run: 'put large3 untracked; git clean -qfd' },
  {
    name: 'chmod +x',
    run: 'chmod +x small large; git commit -qam x; git checkout -q HEAD~1; [ ! -x large ]; [ ! -x small ]; git checkout -q main; [ -x small ]; [ -x large ]',
  },
  {
    name: 'empty files',
    run: ': >small; : >large; git commit -qam x; git checkout -q HEAD~1; git checkout -q main; git merge -q --no-edit side; [ ! -s small ]; [ ! -s large ]',
    has: {},
    mayFilter: YOUNG,
  },
  {
    name: 'an annexed file that becomes ordinary',
    run: 'git config annex.largefiles nothing; put text3 small; put text3 large; git commit -qam x; git checkout -q HEAD~1; git checkout -q main; cmp small large',
    has: {},
    mayFilter: YOUNG,
  },
  {
    name: 'a file that becomes a directory and back',
    run: 'rm small; put small3 small/small; rm large; put large3 large/large; commit x; git checkout -q HEAD~1',
  },
  {
    name: 'a link in the place of a file',
    run: 'rm small large; ln -s text small; ln -s text large; git commit -qam x; git checkout -q HEAD~1',
  },
])
