/** CDK's feature flags: pinned as CDK recommends them, and the same with and without the CLI. */
import recommended from 'aws-cdk-lib/recommended-feature-flags.json';
import cdkJson from '../../cdk.json';
import { buildApp, synthesizeTemplate } from '../../infra/app';
import { FEATURE_FLAGS } from '../../infra/feature-flags';

/** The flags on which we do not follow the recommendation. The reason is in infra/feature-flags.ts. */
const OURS = { '@aws-cdk/aws-iam:minimizePolicies': false };

test('cdk.json pins every flag that the installed CDK recommends', () => {
  expect(cdkJson.context).toMatchObject({ ...recommended, ...OURS });
  expect(Object.keys(FEATURE_FLAGS).sort()).toEqual(Object.keys(recommended).sort());
});

test('the app has them without the CLI', () => {
  const { node } = buildApp({ bundling: false });
  for (const [flag, value] of Object.entries({ ...recommended, ...OURS })) {
    expect([flag, node.tryGetContext(flag)]).toEqual([flag, value]);
  }
});

test('the CLI, which passes the whole context, gets the same template', () => {
  const without = synthesizeTemplate();
  process.env.CDK_CONTEXT_JSON = JSON.stringify(cdkJson.context);
  try {
    expect(synthesizeTemplate()).toEqual(without);
  } finally {
    delete process.env.CDK_CONTEXT_JSON;
  }
});
