/** What an instance is made with, in the form that `RunInstances` and a launch template share. */
import type { RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import { inLowerCase } from '../../domain/config/any-case';
import { METADATA_TAGS, VOLUME_TYPES } from '../../domain/config/node-config';
import type { LaunchSettings } from '../../domain/node/stateful-node';

type SharedSettings = Pick<
  RunInstancesCommandInput,
  | ('ImageId' | 'KeyName' | 'UserData' | 'IamInstanceProfile' | 'EbsOptimized' | 'Monitoring' | 'Placement')
  | 'CreditSpecification'
> & {
  readonly MetadataOptions:
    | Pick<
        NonNullable<RunInstancesCommandInput['MetadataOptions']>,
        'HttpTokens' | 'HttpPutResponseHopLimit' | 'InstanceMetadataTags'
      >
    | undefined;
  readonly BlockDeviceMappings: RunInstancesCommandInput['BlockDeviceMappings'];
};

/** The SDK leaves undefined members out of the request. */
export function sharedSettings(settings: LaunchSettings): SharedSettings {
  const { metadataOptions, iamRole } = settings;
  return {
    ImageId: settings.imageId,
    KeyName: settings.keyPair,
    UserData: settings.userData,
    IamInstanceProfile: iamRole && { Name: iamRole.name, Arn: iamRole.arn },
    EbsOptimized: settings.ebsOptimized,
    Monitoring: settings.monitoring === undefined ? undefined : { Enabled: settings.monitoring },
    Placement: settings.tenancy && { Tenancy: settings.tenancy },
    CreditSpecification: settings.cpuCredits && { CpuCredits: settings.cpuCredits },
    MetadataOptions: metadataOptions && {
      HttpTokens: metadataOptions.httpTokens,
      HttpPutResponseHopLimit: metadataOptions.httpPutResponseHopLimit,
      InstanceMetadataTags: inLowerCase(METADATA_TAGS, metadataOptions.instanceMetadataTags),
    },
    BlockDeviceMappings: settings.blockDeviceMappings?.map(({ deviceName, noDevice, virtualName, ebs }) => ({
      DeviceName: deviceName,
      NoDevice: noDevice,
      VirtualName: virtualName,
      Ebs: ebs && {
        DeleteOnTermination: ebs.deleteOnTermination,
        Encrypted: ebs.encrypted,
        Iops: ebs.iops,
        KmsKeyId: ebs.kmsKeyId,
        SnapshotId: ebs.snapshotId,
        Throughput: ebs.throughput,
        VolumeSize: ebs.volumeSize,
        VolumeType: inLowerCase(VOLUME_TYPES, ebs.volumeType),
      },
    })),
  };
}

/** The interface that a launch makes for its instance. The subnet is that of the pool. */
export function ownInterface({ securityGroupIds, associatePublicIpAddress }: LaunchSettings) {
  return {
    DeviceIndex: 0,
    Groups: [...securityGroupIds],
    AssociatePublicIpAddress: associatePublicIpAddress,
    DeleteOnTermination: true,
  };
}
