import { buildApp, InvalidContext, synthesizeTemplate } from '../../infra/app';
import { statementsByRole, type SynthesizedTemplate } from './synthesized-stack';

const WEB = 'arn:aws:iam::123456789012:role/web';
const DB = 'arn:aws-us-gov:iam::123456789012:role/path/db';

function withContext<T>(instanceRoleArns: unknown, work: () => T): T {
  process.env.CDK_CONTEXT_JSON = JSON.stringify({ instanceRoleArns });
  try {
    return work();
  } finally {
    delete process.env.CDK_CONTEXT_JSON;
  }
}

describe('the context value instanceRoleArns', () => {
  test.each([
    { given: 'as the command line gives it', context: `${WEB}, ${DB}`, arns: [WEB, DB] },
    { given: 'as cdk.json gives it', context: [WEB, DB], arns: [WEB, DB] },
    { given: 'as one role', context: WEB, arns: [WEB] },
  ])('is taken $given', ({ context, arns }) => {
    const template = withContext(context, synthesizeTemplate) as SynthesizedTemplate;
    const passed = statementsByRole(template).StepsFunctionRole?.find(({ actions }) =>
      actions.includes('iam:PassRole'),
    );
    expect(passed?.resources).toEqual(arns);
  });

  test.each([
    { what: 'every role', context: '*' },
    { what: 'a wildcard in a role', context: 'arn:aws:iam::123456789012:role/*' },
    { what: 'an instance profile', context: 'arn:aws:iam::123456789012:instance-profile/web' },
    { what: 'something else', context: 5 },
    { what: 'nothing between commas', context: `${WEB},` },
  ])('is refused where it is $what', ({ context }) => {
    expect(() => withContext(context, buildApp)).toThrow(InvalidContext);
  });
});

test('the same template comes out twice, so a diff shows changes only', () => {
  expect(synthesizeTemplate()).toEqual(synthesizeTemplate());
});
