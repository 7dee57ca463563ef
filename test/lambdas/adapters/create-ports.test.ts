import { DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { namesIn } from '../../../domain/node/validate-against-account';
import { createPorts } from '../../../lambdas/adapters/create-ports';
import { aConfig, NODE_ID } from '../../domain/builders';
import { aRuntime, DEPLOYMENT, TABLE_NAME } from '../runtime';

describe('createPorts', () => {
  it.each([
    { name: 'the table', environment: { DEPLOYMENT }, lacking: /TABLE_NAME/ },
    { name: 'the deployment', environment: { TABLE_NAME }, lacking: /DEPLOYMENT/ },
    { name: 'the deployment, which has a name', environment: { TABLE_NAME, DEPLOYMENT: '' }, lacking: /DEPLOYMENT/ },
  ])('needs to know $name', ({ environment, lacking }) => {
    expect(() => createPorts(aRuntime({ environment }))).toThrow(lacking);
  });

  it("passes on the runtime's time and randomness", () => {
    const runtime = aRuntime();

    expect(createPorts(runtime)).toMatchObject({ time: runtime.time, randomHex: runtime.randomHex });
  });

  it.each<{ name: string; environment: Record<string, string>; instanceRoleArns: string[] }>([
    { name: 'none', environment: {}, instanceRoleArns: [] },
    { name: 'none, explicitly', environment: { INSTANCE_ROLE_ARNS: '' }, instanceRoleArns: [] },
    { name: 'one', environment: { INSTANCE_ROLE_ARNS: 'arn:a' }, instanceRoleArns: ['arn:a'] },
    { name: 'several', environment: { INSTANCE_ROLE_ARNS: 'arn:a, arn:b' }, instanceRoleArns: ['arn:a', 'arn:b'] },
  ])('reads the Region and the roles it may give from the environment: $name', async (row) => {
    mockClient(EC2Client).onAnyCommand().resolves({});
    const environment = { TABLE_NAME, DEPLOYMENT, AWS_REGION: 'eu-west-1', ...row.environment };
    const { account } = createPorts(aRuntime({ environment }));

    await expect(account.observe(namesIn(aConfig()))).resolves.toMatchObject({
      region: 'eu-west-1',
      instanceRoleArns: row.instanceRoleArns,
    });
  });

  it('continues the sampled X-Ray trace of each invocation, which Lambda sets in the environment', async () => {
    const mock = mockClient(SFNClient);
    mock.on(StartExecutionCommand).resolves({});
    const environment: Record<string, string> = { TABLE_NAME, DEPLOYMENT };
    const { operations } = createPorts(aRuntime({ environment }));
    const started = { nodeId: NODE_ID, reason: 'requested' };
    for (const trace of ['Root=1-first;Sampled=1', 'Root=1-second;Parent=2;Sampled=1', 'Root=1-third;Sampled=0']) {
      environment['_X_AMZN_TRACE_ID'] = trace;
      await operations.start('launch', started, 'launch-1');
    }

    const traces = mock.commandCalls(StartExecutionCommand).map(({ args: [{ input }] }) => input.traceHeader);
    // An execution that is told of a trace without a sample leaves no trace. Without a header, it begins one.
    expect(traces).toEqual(['Root=1-first;Sampled=1', 'Root=1-second;Parent=2;Sampled=1', undefined]);
  });

  it('reads the owners of shared subnets from the environment', async () => {
    const mock = mockClient(EC2Client);
    mock.onAnyCommand().resolves({});
    mock.on(DescribeVpcsCommand).resolves({ Vpcs: [{ VpcId: 'vpc-0a', OwnerId: '222222222222' }] });
    const environment = { TABLE_NAME, DEPLOYMENT, SUBNET_OWNER_ACCOUNTS: '111111111111, 222222222222' };
    const names = { ...namesIn(aConfig()), elasticIp: 'eipalloc-0a' };
    await expect(createPorts(aRuntime({ environment })).account.observe(names)).resolves.toMatchObject({
      hasInternetGateway: true,
    });
  });
});
