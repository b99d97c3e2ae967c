import { testScenarios } from '../support/git-scenarios.js'
import { OWN_GIT } from '../support/gits.js'

const THREE = { small: 'small3', large: 'large3' }
const CHANGE = 'put small3 small; put large3 large'
const YOUNG = 'git looks again at young files that are not annexed'
const TO_AND_FRO =
  'git checkout -q HEAD~1; cmp large $CONTENTS/large1; cmp small $CONTENTS/small1; git checkout -q main'

testScenarios(
  'settings',
  [
    {
      name: 'checkout.workers=4',
      run: 'git -c checkout.workers=4 -c checkout.thresholdForParallelism=1 checkout -q HEAD~1; git -c checkout.workers=4 -c checkout.thresholdForParallelism=1 checkout -q main',
    },
    {
      name: 'core.autocrlf=true',
      run: `git config core.autocrlf true; git add --renormalize . 2>/dev/null; ${TO_AND_FRO}; ${CHANGE}; git commit -qam x 2>/dev/null; git checkout -q HEAD~1; git checkout -q -`,
      has: THREE,
      mayFilter: YOUNG,
    },
    { name: 'core.autocrlf=input', run: `git config core.autocrlf input; ${TO_AND_FRO}` },
    {
      name: 'core.autocrlf=true without the content',
      run: 'git config core.autocrlf true; git annex drop -q --force small large; git checkout -q HEAD~1; git checkout -q main; is "$(git status --porcelain)" ""; cp -p $CONTENTS/small2 small; cp -p $CONTENTS/large2 large; git add small large',
      mayFilter: YOUNG,
    },
    {
      name: 'text and eol attributes',
      run: 'echo "small text eol=crlf\nlarge text=auto eol=crlf" >.git/info/x; cat .git/info/x >>.git/info/attributes; git add --renormalize . 2>/dev/null; git checkout -q HEAD~1; git checkout -q main',
    },
    {
      name: 'text files that are annexed, with CRLF',
      run: 'i=0; while [ $i -lt 400 ]; do printf "line %d\\r\\n" $i; i=$((i+1)); done >t; echo "t text eol=lf" >>.git/info/attributes; touch -d 2001-01-01 t; cp -p t ../t; git add t 2>/dev/null; git commit -qm t; is "$(git cat-file blob :t | head -c 15)" /annex/objects/; rm t; git checkout -q t; cmp t ../t; is "$(git status --porcelain)" ""',
    },
    {
      name: 'ident',
      run: 'echo "small ident" >>.git/info/attributes; rm small; git checkout -q small; git add --renormalize .',
    },
    {
      name: 'core.fileMode=false',
      run: `git config core.fileMode false; chmod +x large; ${TO_AND_FRO}`,
    },
    {
      name: 'annex.thin',
      run: `git config annex.thin true; git checkout -q HEAD~1; git checkout -q main; put large3 ../n; rm large; cp ../n large; git checkout -q -- large; git annex fsck -q`,
    },
    { name: 'core.symlinks=false', run: `git config core.symlinks false; ${TO_AND_FRO}` },
  ],
  OWN_GIT,
)

testScenarios(
  'names',
  [
    ...[
      ['spaces', 'a b  c'],
      ['a newline', 'a\nb'],
      ['quotes', `"it's"`],
      ['a leading dash', '-rf'],
      ['a backslash and a tab', 'a\\b\tc'],
      ['UTF-8', 'ünï/cödé'],
      ['brackets and stars', '[a]*?'],
      ['an equals sign and a colon', ':a=b'],
    ].map(([what, name]) => ({
      name: `a name with ${what}`,
      run: `
      n='${name!.replaceAll("'", `'\\''`)}'
      put small3 "$n"; put large3 "$n.large"; git add -- . ; git commit -qm x
      git mv -- ./"$n" moved; git mv -- ./"$n.large" moved.large; git commit -qm y
      git checkout -q HEAD~1; git stash -q; put small4 "$n"; git stash -q; git stash pop -q
      git checkout -q -- . ; rm -- ./"$n" ./"$n.large"; git restore .`,
      has: { [name!]: 'small3', [`${name}.large`]: 'large3' },
    })),
    {
      name: 'a name that is not UTF-8',
      run: `
      n="$(printf 'x\\377\\200y')"; put small3 "$n"; put large3 "$n.large"; git add .; git commit -qm x
      git checkout -q HEAD~1; git checkout -q main; cmp "$n" $CONTENTS/small3; cmp "$n.large" $CONTENTS/large3
      rm "$n" "$n.large"; git checkout -q .; cmp "$n" $CONTENTS/small3; cmp "$n.large" $CONTENTS/large3`,
    },
    {
      name: 'a name of 250 bytes',
      run: 'n=$(printf "%0250d" 1); put large3 $n; git add .; git commit -qm x; rm $n; git checkout -q .; cmp $n $CONTENTS/large3; git checkout -q HEAD~1; git checkout -q main; cmp $n $CONTENTS/large3',
    },
  ],
  OWN_GIT,
)
