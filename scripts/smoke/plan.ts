/** What a run will do, for the user to read before it does it. */
import type { Surroundings } from './preflight';
import { totalUsd, type PriceLine } from './price';
import { nameOf, RUN_TAG } from './tag';

export interface PlanOptions {
  readonly surroundings: Surroundings;
  readonly url: string;
  readonly stack: string;
  readonly runId: string;
  readonly attachments: readonly ('cold' | 'hot')[];
  readonly roleArn: string | undefined;
  readonly prices: readonly PriceLine[];
}

export function planText(options: PlanOptions): string {
  const { surroundings, url, stack, runId, attachments, roleArn, prices } = options;
  const { caller, region, subnet, machine } = surroundings;
  return [
    `The smoke test of the deployment ${stack}, as ${caller.arn}`,
    '',
    `  account   ${caller.accountId}`,
    `  Region    ${region}`,
    `  subnet    ${subnet.id} in ${subnet.vpcId}, ${subnet.availabilityZone}`,
    `  API       ${url}`,
    `  image     ${machine.imageId}, from ${machine.imageParameter}`,
    `  types     ${machine.instanceTypes.join(', ')}, Spot only`,
    `  run       ${runId}: everything has it in the tag ${RUN_TAG} or in its name`,
    '',
    'It makes, and removes again at the end, after a failure and after Ctrl-C:',
    '  one Elastic IP                                          ec2:AllocateAddress',
    ...attachments.flatMap((attachment) => trialPlan(runId, attachment, roleArn)),
    '',
    'Between these it only reads. Holdfast makes the instances, the volumes and the interfaces of the nodes.',
    '',
    `It costs at most ${roundedUp(totalUsd(prices))}, by the prices of us-east-1, which scripts/smoke/price.ts lists:`,
    ...prices.map(({ what, usd }) => `  $${usd.toFixed(4)}  ${what}`),
    '',
  ].join('\n');
}

function trialPlan(runId: string, attachment: 'cold' | 'hot', roleArn: string | undefined): readonly string[] {
  const name = nameOf(runId, attachment);
  return [
    `  ${`the ${attachment} node ${name}`.padEnd(54)}  POST /aws/ec2/managedInstance`,
    ...(roleArn === undefined
      ? [`  ${`a role ${name} for FIS`.padEnd(54)}  iam:CreateRole, iam:PutRolePolicy`]
      : [`  FIS uses ${roleArn}, which stays.`]),
    `  ${`a template ${name}`.padEnd(54)}  fis:CreateExperimentTemplate`,
    `  ${'an interruption of the node, two minutes ahead'.padEnd(54)}  fis:StartExperiment`,
  ];
}

/** In whole cents. */
function roundedUp(usd: number): string {
  return `$${(Math.ceil(usd * 100) / 100).toFixed(2)}`;
}
