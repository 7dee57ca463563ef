/** Signs requests for a deployment with IAM authentication: Signature Version 4, service `execute-api`. */
import { createHash, createHmac } from 'node:crypto';
import { SignatureV4, type SignatureV4Init } from '@smithy/signature-v4';
import type { Authorize } from './connection';

/** Resolves the credentials anew when they expire. */
export type Credentials = Extract<SignatureV4Init['credentials'], () => unknown>;

export interface SigningOptions {
  readonly region: string;
  readonly credentials: Credentials;
  /** @default - the time of the machine */
  readonly now?: () => Date;
}

export function signing({ region, credentials, now = () => new Date() }: SigningOptions): Authorize {
  const signer = new SignatureV4({ service: 'execute-api', region, credentials, sha256: Sha256 });
  return async (request) => {
    const url = new URL(request.url);
    const body = request.method === 'GET' ? '' : await request.clone().text();
    const signed = await signer.sign(
      {
        method: request.method,
        protocol: url.protocol,
        hostname: url.hostname,
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        // `fetch` sends the same host. Other headers stay unsigned, because proxies may change them.
        headers: { host: url.host },
        body,
      },
      { signingDate: now() },
    );
    const authorized = new Request(request);
    for (const [name, value] of Object.entries(signed.headers))
      if (name !== 'host') authorized.headers.set(name, value);
    return authorized;
  };
}

/** The hash, and with a secret the HMAC, that the signer asks for. */
class Sha256 {
  private readonly hash: ReturnType<typeof createHash | typeof createHmac>;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.hash.update(bytesOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }

  reset(): void {
    throw new Error('a hash is used once');
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data) ? Buffer.from(data.buffer, data.byteOffset, data.byteLength) : Buffer.from(data);
}
