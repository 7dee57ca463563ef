import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { buildApp } from '../../infra/app';

/** Collects the findings of the pack, acknowledged or not. */
class Unforgiving extends AwsSolutionsChecks {
  constructor() {
    super();
    Object.assign(this, { isAcknowledged: () => false });
  }
}

/** `rule at construct`, for every finding of the pack in the synthesised app. */
function findings(pack: AwsSolutionsChecks): string[] {
  const app = buildApp({ bundling: false });
  app.synth();
  return pack
    .validateScope(app)
    .violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(
        (resource: any) => `${ruleName} at ${resource.constructPath ?? resource.resourceLogicalId}`,
      ),
    )
    .sort();
}

/** CDK puts a prefix before the rule. */
function acknowledgements(): { id: string; reason: string; path: string }[] {
  return buildApp({ bundling: false })
    .node.findAll()
    .flatMap(({ node }) =>
      node.metadata
        .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
        .flatMap(({ data }: any) =>
          Object.entries(data).map(([id, reason]) => ({
            id: id.replace(/^annotation::/i, ''),
            reason: String(reason),
            path: node.path,
          })),
        ),
    );
}

test('every finding of the AWS Solutions rules is acknowledged', () => {
  expect(findings(new AwsSolutionsChecks())).toEqual([]);
});

test('every acknowledgement belongs to a finding, and has a reason', () => {
  const found = findings(new Unforgiving());
  const given = acknowledgements();
  expect(given.length).toBeGreaterThan(0);
  expect(given.filter(({ reason }) => !/\w{3,} \w+/.test(reason))).toEqual([]);
  expect(given.filter(({ id, path }) => !found.some((finding) => finding.startsWith(`${id} at ${path}/`)))).toEqual([]);
});
