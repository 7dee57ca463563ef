/** Tags of EC2 resources on the AWS SDK. */
import {
  CreateTagsCommand,
  DeleteTagsCommand,
  type EC2Client,
  type Filter,
  type Tag as SdkTag,
} from '@aws-sdk/client-ec2';
import type { LeftMarks } from '../../domain/node/observations';
import {
  DEPLOYMENT_TAG,
  EXPIRES_AT_TAG,
  LEFT_BY_TAG,
  NODE_ID_TAG,
  REQUEST_TAG,
  type Tag,
} from '../../domain/node/stateful-node';
import type { Tags } from '../ports';
import { isReserved } from '../../domain/node/applied-tags';
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

/** The tags of what a request makes: those it asks for, the deployment, and the request itself. */
export function tagsOfMaking(
  deployment: string,
  { clientToken, tags }: { readonly clientToken: string; readonly tags: readonly Tag[] },
): SdkTag[] {
  return toSdkTags([...tags, { key: DEPLOYMENT_TAG, value: deployment }, { key: REQUEST_TAG, value: clientToken }]);
}

export function toSdkTags(tags: readonly Tag[]): SdkTag[] {
  return tags.map(({ key, value }) => ({ Key: key, Value: value }));
}

/** Returns the tags that neither Holdfast nor AWS has set for itself; nothing if there are none. */
export function freeTagsIn(tags: readonly SdkTag[] = []): { readonly tags?: readonly Tag[] } {
  const free = tags.flatMap(({ Key: key = '', Value: value = '' }) => (isReserved(key) ? [] : [{ key, value }]));
  return free.length === 0 ? {} : { tags: free };
}

/** Returns the node that the tags of a resource name. */
export function nodeIdIn(tags: readonly SdkTag[] = []): string | undefined {
  return valueIn(tags, NODE_ID_TAG);
}

/** Returns what the tags of a resource say about the deletion that has left it. */
export function leftMarksIn(tags: readonly SdkTag[]): LeftMarks {
  return { leftBy: valueIn(tags, LEFT_BY_TAG), expiresAt: valueIn(tags, EXPIRES_AT_TAG) };
}

export function valueIn(tags: readonly SdkTag[], key: string): string | undefined {
  return tags.find(({ Key }) => Key === key)?.Value;
}

/** Lists only what has the tag with this value. */
export function tagged(key: string, value: string): Filter {
  return { Name: `tag:${key}`, Values: [value] };
}
