import { testScenarios } from '../support/git-scenarios.js'
import { OWN_GIT } from '../support/gits.js'

/** After contents have come and gone by `git annex`, git has nothing to look at. */
const REMOTE =
  'git clone -q . ../o; git -C ../o annex init -q; git -C ../o annex get -q .; git remote add o ../o; git fetch -q o; git annex merge -q'
const GONE = 'for f in small large; do is "$(head -c 15 $f)" /annex/objects/; done'
const DROP_AND_GET = `git annex drop -q small large; ${GONE}; calm; git annex get -q small large; calm`

testScenarios(
  'git annex get and drop',
  [
    { name: 'unlocked files', run: `${REMOTE}; ${DROP_AND_GET}` },
    {
      name: 'git checkout of what is not here',
      run: `${REMOTE}; git annex drop -q small large; rm small large; git checkout -q .; ${GONE}; calm; git annex get -q .`,
    },
    {
      name: 'locked files',
      run: `${REMOTE}; git annex lock -q small; git commit -qm locked; git annex drop -q .; ! test -e small; calm; git annex get -q .; calm; cmp small $CONTENTS/small2`,
      has: { large: 'large2', 'dir/small': 'small5' },
    },
    {
      name: 'files of one content, locked and unlocked',
      run: `put large2 twin; git add twin; git commit -qm twin; ${REMOTE}; git annex lock -q twin; git commit -qm locked; git annex drop -q twin; ${GONE.replace('small ', '')}; calm; git annex get -q large; calm; cmp twin $CONTENTS/large2`,
    },
    {
      name: 'staged files',
      run: `put small3 n; put large3 n2; git add n n2; ${REMOTE}; git annex copy -q --to o n n2; git annex drop -q n n2; is "$(head -c 15 n2)" /annex/objects/; calm "A  n\nA  n2"; git annex get -q n n2; calm "A  n\nA  n2"; git commit -qm n`,
      has: { n: 'small3', n2: 'large3' },
    },
    {
      name: 'files that are changed, beside others',
      run: `${REMOTE}; put large3 large; git annex drop -q small dir; calm " M large"; git annex get -q .; calm " M large"; git checkout -q large`,
    },
    {
      name: 'executable files',
      run: `chmod +x small large; git commit -qam x; ${REMOTE}; ${DROP_AND_GET}; test -x large`,
    },
    {
      name: 'with an index of version 4',
      run: `git update-index --index-version 4; ${REMOTE}; ${DROP_AND_GET}`,
    },
    {
      name: 'with an index of version 3',
      run: `touch -d 2001-01-01 n; git add -N n; ${REMOTE}; git annex drop -q small large; calm " A n"; git annex get -q .; calm " A n"; git rm -q --cached n; rm n`,
    },
    {
      name: 'with a split index',
      run: `git update-index --split-index; ${REMOTE}; ${DROP_AND_GET}; ls .git/sharedindex.* >/dev/null`,
    },
    {
      name: 'with an untracked cache',
      run: `git config core.untrackedCache true; git update-index --force-untracked-cache; git status -s; ${REMOTE}; ${DROP_AND_GET}`,
    },
    {
      name: 'in a sparse checkout',
      run: `${REMOTE}; git sparse-checkout init --cone; ${DROP_AND_GET}; [ ! -e dir ]`,
    },
    {
      name: 'in a sparse checkout with a sparse index',
      run: `${REMOTE}; git sparse-checkout init --cone --sparse-index; ${DROP_AND_GET}; [ ! -e dir ]`,
      since: '2.35',
    },
    {
      name: 'with core.autocrlf',
      run: `${REMOTE}; git config core.autocrlf true; ${DROP_AND_GET}`,
    },
    { name: 'with annex.thin', run: `${REMOTE}; git config annex.thin true; ${DROP_AND_GET}` },
    {
      name: 'in a linked work tree',
      run: `${REMOTE}; git checkout -q --detach; git worktree add -q ../w main; cd ../w; git annex drop -q small large; ${GONE}; git annex get -q small large`,
      in: '../w',
      mayFilter: 'git looks again at young files that are not annexed',
    },
    {
      name: 'from the other side, by git annex move',
      run: `${REMOTE}; git annex move -q --to o large; calm; git annex move -q --from o large; calm`,
    },
    {
      name: 'many files',
      run: `for i in $(seq 300); do put text1 many/$i; done; git config annex.largefiles anything; git add many; git commit -qm many; for i in $(seq 300); do echo $i >many/$i; done; touch -d 2001-01-01 many/*; git commit -qam other; ${REMOTE}; git annex drop -q many; calm; git annex get -q many; calm; is "$(cat many/77)" 77`,
    },
  ],
  OWN_GIT,
)
