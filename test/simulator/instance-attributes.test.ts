/** What EC2 tells of an instance only when asked for it by name, and the protection against termination. */
import {
  DescribeInstanceAttributeCommand,
  DescribeSpotInstanceRequestsCommand,
  type InstanceAttributeName,
} from '@aws-sdk/client-ec2';
import { codeOf, Lab, PAGES, refusals, rule } from './lab';

const USER_DATA = Buffer.from('#!/bin/sh\n').toString('base64');
const PAGE = PAGES.api('DescribeInstanceAttribute');

const attribute = (lab: Lab, instanceId: string, name: InstanceAttributeName) =>
  lab.send(new DescribeInstanceAttributeCommand({ InstanceId: instanceId, Attribute: name }));

rule('user data is answered as it was given, in Base64', PAGE, async () => {
  const lab = new Lab();
  const instanceId = await lab.launchRunning({ UserData: USER_DATA });
  expect(await attribute(lab, instanceId, 'userData')).toMatchObject({ UserData: { Value: USER_DATA } });
});

rule('an instance without user data answers an empty value', PAGE, async () => {
  const lab = new Lab();
  const { UserData } = await attribute(lab, await lab.launchRunning(), 'userData');
  expect(UserData).toEqual({});
});

rule('neither is part of a description of the instance', PAGES.api('DescribeInstances'), async () => {
  const lab = new Lab();
  const instance = await lab.instance(await lab.launchRunning({ UserData: USER_DATA, DisableApiTermination: true }));
  expect(Object.keys(instance)).not.toEqual(expect.arrayContaining(['UserData']));
  expect(Object.keys(instance)).not.toEqual(expect.arrayContaining(['DisableApiTermination']));
});

rule('a protected instance is not terminated by a call', PAGES.terminating, async () => {
  const lab = new Lab();
  const instanceId = await lab.launchRunning({ InstanceMarketOptions: undefined, DisableApiTermination: true });
  expect(await attribute(lab, instanceId, 'disableApiTermination')).toMatchObject({
    DisableApiTermination: { Value: true },
  });
  expect(await codeOf(lab.terminate(instanceId))).toBe('OperationNotPermitted');
  expect((await lab.instance(instanceId)).State?.Name).toBe('running');
});

rule('a Spot instance names the request that it was bought by', PAGES.api('DescribeSpotInstanceRequests'), async () => {
  const lab = new Lab();
  const instanceId = await lab.launchRunning();
  const { SpotInstanceRequestId: requestId = '' } = await lab.instance(instanceId);
  const { SpotInstanceRequests } = await lab.send(
    new DescribeSpotInstanceRequestsCommand({ SpotInstanceRequestIds: [requestId] }),
  );
  expect(SpotInstanceRequests).toMatchObject([{ InstanceId: instanceId, Type: 'one-time', State: 'active' }]);
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
    refused: 'an attribute that is not played',
    page: PAGE,
    code: 'NotSimulated',
    call: async (lab) => attribute(lab, await lab.launchRunning(), 'ebsOptimized'),
  },
]);
