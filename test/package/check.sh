#!/usr/bin/env bash
# Packs Drover, installs the package into an empty project, and uses it there as its users do: the local cloud, a job,
# the construct library in an app of one's own. Needs the registry; takes about a minute. Not part of CI.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
cloud=
trap 'if [ -n "$cloud" ]; then kill -INT "$cloud" 2>/dev/null || true; wait "$cloud" || true; fi; rm -rf "$work"' EXIT

step() { printf '== %s (%ss)\n' "$1" "$SECONDS"; }

step 'pack'
(cd "$root" && npm pack --silent --pack-destination "$work" >/dev/null)

step 'install'
mkdir "$work/project" && cd "$work/project"
echo '{ "private": true, "type": "module" }' >package.json
npm install --silent "$work"/drover-*.tgz
test "$(npx drover --version)" = "$(node -p "require('$root/package.json').version")"
for absent in esbuild tsx typescript; do
  if [ -e "node_modules/$absent" ]; then echo "The package brings $absent, which its users do not need." && exit 1; fi
done

step 'drover start'
node node_modules/drover/bin/drover.js start --port 0 --json >cloud.txt 2>cloud-errors.txt &
cloud=$!
for _ in $(seq 120); do
  if [ -s cloud.txt ] || ! kill -0 "$cloud" 2>/dev/null; then break; fi
  sleep 0.5
done
if [ ! -s cloud.txt ]; then cat cloud-errors.txt && exit 1; fi
endpoint=$(node -p "JSON.parse(require('fs').readFileSync('cloud.txt', 'utf8').split('\n')[0]).Endpoint")
export AWS_ENDPOINT_URL=$endpoint DROVER_ENDPOINT=$endpoint
export AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test

step 'a job'
cat >objects.js <<'END'
import { CreateBucketCommand, GetObjectTaggingCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';

const s3 = new S3Client({ forcePathStyle: true });
const Bucket = 'examples';
if (process.argv[2] === 'put') {
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutObjectCommand({ Bucket, Key: 'one', Body: '1' }));
  await s3.send(new PutObjectCommand({ Bucket, Key: 'manifest.csv', Body: 'examples,one\n' }));
} else {
  const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'one' }));
  console.log(TagSet.map(({ Key, Value }) => `${Key}=${Value}`).join(' '));
}
END
node --no-warnings objects.js put
npx drover jobs create --file "$root/examples/job.yaml" --wait
test "$(node --no-warnings objects.js show)" = 'project=atlas stage=reviewed'
if [ -s cloud-errors.txt ]; then cat cloud-errors.txt && exit 1; fi

step 'the construct library'
cat >app.ts <<'END'
import { App, Stack } from 'aws-cdk-lib';
import { Drover, type DroverProps } from 'drover';

const props: DroverProps = { maxConcurrentWorkers: 50 };
const app = new App({ outdir: 'assembly' });
new Drover(new Stack(app, 'Mine'), 'Drover', props);
app.synth();
END
"$root/node_modules/.bin/tsc" --ignoreConfig --module nodenext --target es2023 --strict --skipLibCheck app.ts
node app.js
grep -q AWS::StepFunctions::StateMachine assembly/Mine.template.json

step 'done: the package works'
