/** Tags of EC2 resources on the AWS SDK. */
import { CreateTagsCommand, DeleteTagsCommand, type EC2Client, type Tag as SdkTag } from '@aws-sdk/client-ec2';
import { NODE_ID_TAG, type Tag } from '../../domain/stateful-node';
import type { Tags } from '../ports';
import { callEc2 } from './ec2-error';

export function ec2Tags(ec2: Pick<EC2Client, 'send'>): Tags {
  return {
    set: async (resourceIds, tags) => {
      if (resourceIds.length === 0 || tags.length === 0) return;
      await callEc2(() => ec2.send(new CreateTagsCommand({ Resources: [...resourceIds], Tags: toSdkTags(tags) })));
    },
    remove: async (resourceIds, keys) => {
      if (resourceIds.length === 0 || keys.length === 0) return;
      const Tags = keys.map((Key) => ({ Key }));
      await callEc2(() => ec2.send(new DeleteTagsCommand({ Resources: [...resourceIds], Tags })));
    },
  };
}

export function toSdkTags(tags: readonly Tag[]): SdkTag[] {
  return tags.map(({ key, value }) => ({ Key: key, Value: value }));
}

/** The node that a resource is tagged with. */
export function nodeIdIn(tags: readonly SdkTag[] = []): string | undefined {
  return tags.find(({ Key }) => Key === NODE_ID_TAG)?.Value;
}
