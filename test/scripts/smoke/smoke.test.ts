/** The smoke test from its options to its exit status, on the real control plane in a simulated account. */
import { AllocateAddressCommand } from '@aws-sdk/client-ec2';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readMeasuredFile } from '../../../local/server/measured-file';
import { main } from '../../../scripts/smoke/main';
import { reportSchema, type Report } from '../../../scripts/smoke/report-schema';
import type { SimulatedAccount } from '../../../scripts/smoke/simulated/account';
import { anAccount, leftIn, RUN_ID, smoke, unreachable, type Situation } from './smoke-account';

let folder = '';
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'holdfast-smoke-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const COLD = ['--attachment', 'cold', '--yes'];

async function reported(account: SimulatedAccount, argv: readonly string[], situation: Situation = {}) {
  const path = join(folder, 'report.json');
  rmSync(path, { force: true });
  const ran = await smoke(account, [...argv, '--json', path], situation);
  const report: Report = reportSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  return { ...ran, report };
}

/** An AWS error as the SDK throws it. */
function awsError(name: string): Error {
  return Object.assign(new Error(`${name} was provoked`), { name, $metadata: {} });
}

describe('without --yes', () => {
  test('prints the plan with the price, and only reads', async () => {
    const account = await anAccount();
    const called: string[] = [];
    account.tamper = (_client, command, send) => {
      called.push(command);
      return send();
    };
    const { status, out } = await smoke(account, []);
    expect(status).toBe(0);
    for (const part of ['123456789012', 'us-east-1', account.subnetId, 't4g.small', 'at most $0.43', '--yes'])
      expect(out).toContain(part);
    for (const call of ['ec2:AllocateAddress', 'iam:CreateRole', 'fis:StartExperiment', 'POST /aws'])
      expect(out).toContain(call);
    expect(called.filter((command) => !/^(Describe|Get)/.test(command))).toEqual([]);
    expect(await leftIn(account)).toEqual([]);
  });

  test('names all faults at once', async () => {
    const account = await anAccount();
    account.tamper = (client, _command, send) =>
      client === 'sts' ? Promise.reject(awsError('ExpiredTokenException')) : send();
    const argv = ['--subnet', 'subnet-00000000', '--types', 'x9.huge', '--yes'];
    const { status, out, complaints } = await smoke(account, argv, { reach: { connect: unreachable } });
    expect([status, out]).toEqual([1, '']);
    expect(complaints).toContain('the AWS account: ExpiredTokenException');
    expect(complaints).toContain('the subnet: InvalidSubnetID.NotFound');
    expect(complaints).toContain('the instance: None of x9.huge exists');
    expect(complaints).toContain('the deployment: The stack Holdfast cannot be read');
    expect(await leftIn(account)).toEqual([]);
  });

  test('refuses an API that does not respond', async () => {
    const account = await anAccount();
    const fetch = async () => Promise.reject(new TypeError('fetch failed'));
    const { status, complaints } = await smoke(account, ['--yes'], { reach: { fetch } });
    expect(status).toBe(1);
    expect(complaints).toContain('does not respond');
  });

  test('refuses a subnet without an internet gateway', async () => {
    const account = await anAccount();
    account.sandbox.ec2.world.internetGateways.clear();
    const { status, complaints } = await smoke(account, ['--yes']);
    expect(status).toBe(1);
    expect(complaints).toMatch(/vpc-\w+ has no internet gateway/);
  });
});

describe('a complete run', () => {
  test.each([1, 2])('seed %s: both nodes keep their identity, and nothing is left over', async (seed) => {
    const account = await anAccount({ seed });
    const { status, out, report } = await reported(account, ['--yes']);
    expect({ status, problems: report.problems }).toEqual({ status: 0, problems: [] });
    expect(await leftIn(account)).toEqual([]);
    expect(report).toMatchObject({ passed: true, simulated: false, runId: RUN_ID, leftovers: [] });
    expect(report.trials.map(({ attachment }) => attachment)).toEqual(['cold', 'hot']);
    for (const { before, after, phases, addressAwaySeconds, faults } of report.trials) {
      const { instanceId, ...identity } = before!;
      expect(after).toEqual({ instanceId: expect.stringMatching(/^i-/), ...identity });
      expect(after?.instanceId).not.toBe(instanceId);
      expect(faults).toEqual([]);
      const seconds = phases.map((each) => each.seconds);
      expect(seconds).not.toContain(null);
      // The phases are a partition: they follow each other without a gap.
      const sum = seconds.slice(0, -1).reduce<number>((total, each) => total + (each ?? 0), 0);
      expect(sum).toBeCloseTo(seconds.at(-1) ?? NaN, 0);
      expect(addressAwaySeconds).toBeGreaterThan(0);
    }
    const [cold, hot] = report.trials;
    expect(hot?.addressAwaySeconds).toBeLessThan(cold?.addressAwaySeconds ?? 0);
    expect(out).toContain('passed: each node moved');
  });

  test.each([
    { survives: true, answer: 'yes' },
    { survives: false, answer: 'no' },
  ])('tells whether the Elastic IP survives a termination: $answer', async ({ survives, answer }) => {
    const account = await anAccount({ ec2: { elasticIpSurvivesTermination: survives } });
    const { report } = await reported(account, COLD);
    expect(report.answers[0]).toMatchObject({ question: expect.stringContaining('Elastic IP'), answer });
    expect(report.simulator.elasticIpSurvivesTermination).toBe(survives);
    expect(report.answers[2]).toMatchObject({ answer: 'InvalidNetworkInterfaceID.NotFound' });
  });

  test('measures the latencies that the account has', async () => {
    const latencies = { instanceRunning: 9_000, instanceTerminated: 40_000, interfaceFreedAfterTermination: 7_000 };
    const account = await anAccount({ ec2: { latencies } });
    const { report } = await reported(account, COLD);
    const { simulator, lookEverySeconds } = report;
    for (const [name, expectedMs] of Object.entries(latencies)) {
      const measured = simulator.latencies[name as keyof typeof latencies]!;
      const [lowMs, highMs] = typeof measured === 'number' ? [measured, measured] : measured.typicalMs;
      // A look takes up to a second itself.
      expect(Math.abs(lowMs - expectedMs)).toBeLessThan(2_000 * lookEverySeconds);
      expect(Math.abs(highMs - expectedMs)).toBeLessThan(2_000 * lookEverySeconds);
    }
  });

  test('uses a role that is given, and leaves it', async () => {
    const account = await anAccount();
    const arn = 'arn:aws:iam::123456789012:role/mine';
    const mayInterrupt = jest.spyOn(account.roles, 'allows').mockReturnValue(true);
    const { status } = await smoke(account, [...COLD, '--fis-role-arn', arn]);
    expect(status).toBe(0);
    expect(mayInterrupt).toHaveBeenCalledWith('fis.amazonaws.com', arn, expect.anything());
    expect(account.roles.names()).toEqual([]);
  });
});

describe('after a failure', () => {
  test.each([
    { command: 'AllocateAddress', when: 'before' },
    { command: 'AllocateAddress', when: 'after' },
    { command: 'CreateRole', when: 'after' },
    { command: 'PutRolePolicy', when: 'before' },
    { command: 'StartExperiment', when: 'before' },
  ] as const)('$when the effect of $command, everything is removed', async ({ command, when }) => {
    const account = await anAccount();
    account.tamper = async (_client, called, send) => {
      if (called !== command) return send();
      if (when === 'after') await send();
      throw awsError('AccessDeniedException');
    };
    const { status, report } = await reported(account, COLD);
    expect(status).toBe(1);
    expect(report.problems).toEqual([expect.stringContaining('AccessDeniedException')]);
    expect(report.leftovers).toEqual([]);
    expect(await leftIn(account)).toEqual([]);
  });

  test('a template whose creation got no response is found by its name', async () => {
    const account = await anAccount();
    account.tamper = async (_client, called, send) => {
      const response = await send();
      if (called === 'CreateExperimentTemplate') throw awsError('AccessDeniedException');
      return response;
    };
    const { report } = await reported(account, COLD);
    expect(report.passed).toBe(false);
    expect(await leftIn(account)).toEqual([]);
  });

  test('a node whose creation got no response is found by its name', async () => {
    const account = await anAccount();
    const fetch = async (request: Request): Promise<Response> => {
      const { method } = request;
      const response = await account.fetch(request);
      if (method === 'POST') throw new TypeError('fetch failed');
      return response;
    };
    const { status } = await smoke(account, COLD, { reach: { fetch } });
    expect(status).toBe(1);
    expect(await leftIn(account)).toEqual([]);
  });

  test('a node without capacity is reported with its reason, and removed', async () => {
    const account = await anAccount();
    const { availabilityZones } = account.sandbox.account;
    const pool = { instanceType: 't4g.small', availabilityZone: availabilityZones[0], lifeCycle: 'spot' } as const;
    account.sandbox.ec2.setCapacity(pool, 0);
    const { report } = await reported(account, COLD);
    expect(report.problems).toEqual([expect.stringMatching(/is in ERROR: .*capacity/s)]);
    expect(report.trials[0]?.log.map(({ message }) => message)).toContainEqual(expect.stringContaining('no pool has'));
    expect(await leftIn(account)).toEqual([]);
  });

  test('what cannot be removed is named with the command that removes it', async () => {
    const account = await anAccount();
    account.tamper = (_client, called, send) =>
      ['ReleaseAddress', 'DeleteRole'].includes(called) ? Promise.reject(awsError('AccessDenied')) : send();
    const { status, out, report } = await reported(account, COLD);
    expect(status).toBe(1);
    expect(report.leftovers).toEqual([
      expect.objectContaining({
        what: `the role holdfast-smoke-${RUN_ID}-cold`,
        command: expect.stringContaining(`aws iam delete-role --role-name holdfast-smoke-${RUN_ID}-cold`),
      }),
      expect.objectContaining({
        what: 'the Elastic IP',
        command: expect.stringMatching(/^aws ec2 release-address --allocation-id eipalloc-\w+$/),
      }),
    ]);
    for (const { command } of report.leftovers) expect(out).toContain(command);
    // The role's failure did not keep the node.
    expect((await leftIn(account)).filter((id) => /^(i|eni)-/.test(id))).toEqual([]);
  });

  test('passing failures of EC2 do not end the run', async () => {
    const account = await anAccount();
    let calls = 0;
    account.tamper = (_client, called, send) => {
      calls += 1;
      return called === 'DescribeNetworkInterfaces' && calls % 7 === 0
        ? Promise.reject(awsError('RequestLimitExceeded'))
        : send();
    };
    expect((await reported(account, COLD)).report.problems).toEqual([]);
  });

  test('it touches nothing of others', async () => {
    const account = await anAccount();
    const { AllocationId: theirs } = await account.settle(account.clients.ec2.send(new AllocateAddressCommand({})));
    const { status } = await smoke(account, COLD);
    expect(status).toBe(0);
    expect(await leftIn(account)).toEqual([theirs]);
  });
});

/** Then RunInstances has been sent, and EC2 does not show the instance yet. */
const LAUNCHING_MS = 3_000;

describe('Ctrl-C', () => {
  test.each(['It costs', 'is allocated', 'is created', 'ACTIVE on', 'FIS interrupts', 'the replacement is complete'])(
    'at "%s": everything is removed',
    async (moment) => {
      const account = await anAccount();
      let isPressed = false;
      const onLine: Situation['onLine'] = (line, press) => {
        if (isPressed || !line.includes(moment)) return;
        isPressed = true;
        press();
      };
      // The second node would begin after the last of these moments.
      const { status, report } = await reported(account, ['--yes'], { onLine });
      expect(status).toBe(1);
      expect(report.problems).toEqual(['The run was stopped.']);
      expect(report.trials.length).toBeLessThan(2);
      expect(await leftIn(account)).toEqual([]);
    },
  );

  test('during a launch that EC2 shows late: everything is removed', async () => {
    const account = await anAccount({ ec2: { latencies: { newResourceVisible: 6_000, tagsVisible: 6_000 } } });
    const onLine: Situation['onLine'] = (line, press) => {
      if (line.includes('is created')) void account.time.sleep(LAUNCHING_MS).then(press);
    };
    const { report } = await reported(account, COLD, { onLine });
    expect(report.problems).toEqual(['The run was stopped.']);
    expect(await leftIn(account)).toEqual([]);
  });

  test('twice: what may be left over is named', async () => {
    const account = await anAccount();
    const onLine: Situation['onLine'] = (line, press) => {
      if (!line.includes('ACTIVE on')) return;
      press();
      void account.time.sleep(5_000).then(press);
    };
    const { status, complaints } = await smoke(account, COLD, { onLine });
    expect(status).toBe(1);
    expect(complaints).toContain('This may be left over');
    expect(complaints).toMatch(/npx holdfast delete smi-\w+ --delete-interface --stack Holdfast --region us-east-1/);
    expect(complaints).toMatch(/aws ec2 release-address --allocation-id eipalloc-/);
  });
});

test('--simulated runs without an account, says so, and compares itself with other simulated runs', async () => {
  const path = join(folder, 'simulated.json');
  let out = '';
  const never = new AbortController().signal;
  const status = await main(['--simulated', '--attachment', 'cold', '--seed', '4', '--json', path], {
    environment: {},
    newRunId: () => RUN_ID,
    stop: never,
    giveUp: never,
    write: (text) => (out += text),
    complain: (text) => (out += text),
  });
  expect(status).toBe(0);
  expect(out).toContain('SIMULATED: this run took place on the simulator, not in AWS.');
  const report = reportSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  expect(report).toMatchObject({ simulated: true, passed: true });
  const [cold] = report.trials;
  for (const { simulatedSeconds } of cold?.phases ?? [])
    expect(simulatedSeconds).toEqual([expect.any(Number), expect.any(Number)]);
  const [least = 0, most = 0] = cold?.simulatedAddressAwaySeconds ?? [];
  expect(most).toBeGreaterThan(least);
  expect(out).toMatch(/address away +\d+\.\d +\d+\.\d to \d+\.\d/);
  // `npm start` reads the file as it is.
  expect(await readMeasuredFile(path)).toEqual(report.simulator);
});

test('a report that cannot be written is refused before anything is made', async () => {
  const account = await anAccount();
  const { status, out, complaints } = await smoke(account, ['--yes', '--json', join(folder, 'none', 'report.json')]);
  expect([status, out]).toEqual([1, '']);
  expect(complaints).toContain('--json cannot write');
});
