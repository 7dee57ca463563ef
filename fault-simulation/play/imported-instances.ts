/** An instance that a person has launched, as anybody would who does not know of Holdfast yet. */
import { RunInstancesCommand } from '@aws-sdk/client-ec2';
import type { Sandbox } from '../../local/sandbox';
import type { DefaultAccount } from '../../simulator/ec2/default-account';

const POLL_MS = 1_000;
/** Longer than the longest start. */
const RUNS_WITHIN_MS = 120_000;

/** Returns its id once it runs, and EC2 shows all of it. */
export async function launchPlain(sandbox: Sandbox, account: DefaultAccount): Promise<string> {
  const { ec2, clock } = sandbox;
  const id = await launch(sandbox, account);
  const runs = () => ec2.world.instances.get(id)?.state === 'running';
  for (let waited = 0; waited < RUNS_WITHIN_MS && !runs(); waited += POLL_MS) await clock.sleep(POLL_MS);
  await clock.sleep(10 * POLL_MS);
  return id;
}

const PASSING: readonly string[] = ['RequestLimitExceeded', 'InsufficientInstanceCapacity'];

/** Tries again until EC2's rate limits and capacity allow it. */
async function launch({ ec2, clock }: Sandbox, account: DefaultAccount): Promise<string> {
  const command = new RunInstancesCommand({
    ...{ MinCount: 1, MaxCount: 1, InstanceType: 'm7g.large', ImageId: account.arm64ImageId },
    SubnetId: account.subnetIds[0],
    SecurityGroupIds: [account.securityGroupId],
    TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Name', Value: 'by-hand' }] }],
  });
  for (;;) {
    const [outcome] = await Promise.allSettled([ec2.personClient.send(command)]);
    if (outcome.status === 'fulfilled') return outcome.value.Instances?.[0]?.InstanceId ?? '';
    if (!PASSING.includes((outcome.reason as Error).name)) throw outcome.reason;
    await clock.sleep(POLL_MS);
  }
}
