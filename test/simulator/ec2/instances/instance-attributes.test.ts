/** DescribeInstanceAttribute, and the protection against termination. */
import {
  DescribeInstanceAttributeCommand,
  DescribeSpotInstanceRequestsCommand,
  type InstanceAttributeName,
} from '@aws-sdk/client-ec2';
import { codeOf, Lab, PAGES, refusals, rule } from '../lab';

const USER_DATA = Buffer.from('#!/bin/sh\n').toString('base64');
const PROTECTION = 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_ChangingDisableAPITermination.html';
const SPOT_STATUS = 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-request-status.html';
const PAGE = PAGES.api('DescribeInstanceAttribute');

const attribute = (lab: Lab, instanceId: string, name: InstanceAttributeName) =>
  lab.send(new DescribeInstanceAttributeCommand({ InstanceId: instanceId, Attribute: name }));

rule('user data is returned as it was given, in Base64', PAGE, async () => {
  const lab = new Lab();
  const instanceId = await lab.launchRunning({ UserData: USER_DATA });
  expect(await attribute(lab, instanceId, 'userData')).toMatchObject({ UserData: { Value: USER_DATA } });
});

rule('an instance without user data has an empty value', PAGE, async () => {
  const lab = new Lab();
  const { UserData } = await attribute(lab, await lab.launchRunning(), 'userData');
  expect(UserData).toEqual({});
});

rule('DescribeInstances returns neither of them', PAGES.api('DescribeInstances'), async () => {
  const lab = new Lab();
  const input = { UserData: USER_DATA, DisableApiTermination: true, InstanceMarketOptions: undefined };
  const instance = await lab.instance(await lab.launchRunning(input));
  expect(Object.keys(instance)).not.toEqual(expect.arrayContaining(['UserData']));
  expect(Object.keys(instance)).not.toEqual(expect.arrayContaining(['DisableApiTermination']));
});

rule('a call does not terminate a protected instance', PAGES.terminating, async () => {
  const lab = new Lab();
  const instanceId = await lab.launchRunning({ InstanceMarketOptions: undefined, DisableApiTermination: true });
  expect(await attribute(lab, instanceId, 'disableApiTermination')).toMatchObject({
    DisableApiTermination: { Value: true },
  });
  await expect(lab.terminate(instanceId)).rejects.toMatchObject({
    name: 'OperationNotPermitted',
    message: `The instance '${instanceId}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`,
  });
  expect((await lab.instance(instanceId)).State?.Name).toBe('running');
});

rule('protection is switched on and off while the instance lives', PROTECTION, async () => {
  const lab = new Lab();
  const instanceId = await lab.launchOnDemand();
  lab.ec2.protectFromTermination(instanceId, true);
  expect(await codeOf(lab.terminate(instanceId))).toBe('OperationNotPermitted');
  lab.ec2.protectFromTermination(instanceId, false);
  expect(await codeOf(lab.terminate(instanceId))).toBe('ok');
});

rule('a Spot Instance cannot be protected, at launch or later', PROTECTION, async () => {
  const lab = new Lab();
  expect(await codeOf(lab.launch({ DisableApiTermination: true }))).toBe('UnsupportedOperation');
  const instanceId = await lab.launchRunning();
  expect(() => lab.ec2.protectFromTermination(instanceId, true)).toThrow('not supported for spot instances');
  expect(await codeOf(lab.terminate(instanceId))).toBe('ok');
});

rule('a Spot instance shows its Spot request', PAGES.api('DescribeSpotInstanceRequests'), async () => {
  const lab = new Lab();
  const instanceId = await lab.launchRunning();
  const { SpotInstanceRequestId: requestId = '' } = await lab.instance(instanceId);
  const { SpotInstanceRequests } = await lab.send(
    new DescribeSpotInstanceRequestsCommand({ SpotInstanceRequestIds: [requestId] }),
  );
  expect(SpotInstanceRequests).toMatchObject([
    { InstanceId: instanceId, Type: 'one-time', State: 'active', Status: { Code: 'fulfilled' } },
  ]);
});

test.each([
  { how: 'a call', end: (lab: Lab, id: string) => lab.terminate(id), code: 'instance-terminated-by-user' },
  {
    how: 'EC2',
    end: async (lab: Lab, id: string) => lab.ec2.interruptSpotInstance(id),
    code: 'instance-terminated-no-capacity',
  },
])(`a request whose instance $how ended is closed, as $code [${SPOT_STATUS}]`, async ({ end, code }) => {
  const lab = new Lab();
  const instanceId = await lab.launchRunning();
  const { SpotInstanceRequestId: requestId = '' } = await lab.instance(instanceId);
  await end(lab, instanceId);
  await lab.passSeconds(120);
  const { SpotInstanceRequests } = await lab.send(
    new DescribeSpotInstanceRequestsCommand({ SpotInstanceRequestIds: [requestId] }),
  );
  expect(SpotInstanceRequests).toMatchObject([{ State: 'closed', Status: { Code: code } }]);
});

refusals([
  {
    refused: 'a Spot request that does not exist',
    page: PAGES.errors,
    code: 'InvalidSpotInstanceRequestID.NotFound',
    call: (lab) => lab.send(new DescribeSpotInstanceRequestsCommand({ SpotInstanceRequestIds: ['sir-00000000'] })),
  },
  {
    refused: 'an attribute of an instance that does not exist',
    page: PAGES.errors,
    code: 'InvalidInstanceID.NotFound',
    call: (lab) => attribute(lab, 'i-00000000000000000', 'userData'),
  },
  {
    refused: 'an attribute that is not supported',
    page: PAGE,
    code: 'NotSimulated',
    call: async (lab) => attribute(lab, await lab.launchRunning(), 'ebsOptimized'),
  },
]);
