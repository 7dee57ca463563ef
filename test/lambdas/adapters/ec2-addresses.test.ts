import {
  AssociateAddressCommand,
  DescribeAddressesCommand,
  DescribeNetworkInterfacesCommand,
  EC2Client,
  EC2ServiceException,
} from '@aws-sdk/client-ec2';
import { mockClient } from 'aws-sdk-client-mock';
import { InterfaceMissing, NotYetVisible } from '../../../domain/errors';
import { ec2ElasticIps } from '../../../lambdas/adapters/ec2-addresses';
import { ALLOCATION_ID, INTERFACE_ID } from '../../domain/builders';

const ec2 = mockClient(EC2Client);
const client = new EC2Client({ region: 'eu-west-1' });

beforeEach(() => ec2.reset());

function answered(name: string): EC2ServiceException {
  return new EC2ServiceException({ name, $fault: 'client', $metadata: { httpStatusCode: 400 }, message: 'because' });
}

describe('Elastic IPs', () => {
  const elasticIps = ec2ElasticIps(client);

  it.each([
    { name: 'associated', found: { PublicIp: '198.51.100.7', NetworkInterfaceId: INTERFACE_ID }, on: INTERFACE_ID },
    { name: 'free', found: { PublicIp: '198.51.100.7' }, on: undefined },
  ])('are observed by their allocation: $name', async ({ found, on }) => {
    ec2.on(DescribeAddressesCommand).resolves({ Addresses: [found] });

    await expect(elasticIps.observe(ALLOCATION_ID)).resolves.toEqual({
      allocationId: ALLOCATION_ID,
      publicIp: '198.51.100.7',
      interfaceId: on,
    });
    expect(ec2.commandCalls(DescribeAddressesCommand)[0]?.args[0].input).toEqual({ AllocationIds: [ALLOCATION_ID] });
  });

  it('that EC2 does not know are undefined', async () => {
    ec2.on(DescribeAddressesCommand).rejects(answered('InvalidAllocationID.NotFound'));
    await expect(elasticIps.observe(ALLOCATION_ID)).resolves.toBeUndefined();

    ec2.on(DescribeAddressesCommand).resolves({ Addresses: [] });
    await expect(elasticIps.observe(ALLOCATION_ID)).resolves.toBeUndefined();
  });

  it('are moved from any interface', async () => {
    ec2.on(AssociateAddressCommand).resolves({});
    await elasticIps.associate(ALLOCATION_ID, INTERFACE_ID);

    expect(ec2.commandCalls(AssociateAddressCommand)[0]?.args[0].input).toEqual({
      AllocationId: ALLOCATION_ID,
      NetworkInterfaceId: INTERFACE_ID,
      AllowReassociation: true,
    });
  });

  it.each([
    { name: 'is missing if EC2 does not show it', answer: { NetworkInterfaces: [] }, ErrorClass: InterfaceMissing },
    {
      name: 'is not visible everywhere yet if EC2 shows it',
      answer: { NetworkInterfaces: [{ NetworkInterfaceId: INTERFACE_ID }] },
      ErrorClass: NotYetVisible,
    },
  ])('look at the interface if EC2 calls it missing: it $name', async ({ answer, ErrorClass }) => {
    ec2.on(AssociateAddressCommand).rejects(answered('InvalidNetworkInterfaceID.NotFound'));
    ec2.on(DescribeNetworkInterfacesCommand).resolves(answer);

    await expect(elasticIps.associate(ALLOCATION_ID, INTERFACE_ID)).rejects.toThrow(ErrorClass);
  });
});
