/** Launches the instance of an import as a user would who does not know Holdfast yet. */
import { RunInstancesCommand } from '@aws-sdk/client-ec2';
import type { Sandbox } from '../../local/sandbox';
import type { DefaultAccount } from '../../simulator/ec2/default-account';

const POLL_MS = 1_000;
/** Longer than the slowest launch. */
const RUNS_WITHIN_MS = 120_000;

/** Returns the instance's id once it runs and EC2 shows all of its properties. */
export async function launchUnmanaged(sandbox: Sandbox, account: DefaultAccount): Promise<string> {
  const { ec2, clock } = sandbox;
  const id = await launch(sandbox, account);
  const runs = () => ec2.world.instances.get(id)?.state === 'running';
  for (let waited = 0; waited < RUNS_WITHIN_MS && !runs(); waited += POLL_MS) await clock.sleep(POLL_MS);
  await clock.sleep(10 * POLL_MS);
  return id;
}

const TRANSIENT_ERRORS: readonly string[] = ['RequestLimitExceeded', 'InsufficientInstanceCapacity'];

/** Retries as long as EC2 throttles the launch or has no capacity. @throws EC2's other errors */
async function launch({ ec2, clock }: Sandbox, account: DefaultAccount): Promise<string> {
  const command = new RunInstancesCommand({
    MinCount: 1,
    MaxCount: 1,
    InstanceType: 'm7g.large',
    ImageId: account.arm64ImageId,
    SubnetId: account.subnetIds[0],
    SecurityGroupIds: [account.securityGroupId],
    TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Name', Value: 'by-hand' }] }],
  });
  for (;;) {
    const [outcome] = await Promise.allSettled([ec2.personClient.send(command)]);
    if (outcome.status === 'fulfilled') return outcome.value.Instances?.[0]?.InstanceId ?? '';
    if (!TRANSIENT_ERRORS.includes((outcome.reason as Error).name)) throw outcome.reason;
    await clock.sleep(POLL_MS);
  }
}
