/** Turns thrown errors into the API's error responses. */
import type { FieldError } from '../../domain/config/validation';
import { HoldfastError, type UnreadableRecord } from '../../domain/errors';
import { ApiTokensUnusable } from '../ports';
import type { ApiError, ErrorStatus } from './envelope';
import { MigrationMissing } from './migration-service';
import { InvalidRequest, NodeMissing, TableInDoubt } from './node-service';
import { ResourceMissing } from './resource-service';

/** The request is refused with these errors. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';

  constructor(
    readonly status: ErrorStatus,
    ...errors: readonly [ApiError, ...ApiError[]]
  ) {
    super(errors.map(({ message }) => message).join(' '));
    this.errors = errors;
  }

  readonly errors: readonly ApiError[];
}

/** Clients look for this code: Terraform drops a node from its state when a response contains it. */
const NODE_MISSING = 'MANAGED_INSTANCE_DOESNT_EXIST';

export interface Refusal {
  readonly status: ErrorStatus;
  readonly errors: readonly ApiError[];
}

/** The response to an unexpected error leaves out its message, which may quote what callers must not see. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof RequestRefused) return { status: error.status, errors: error.errors };
  if (error instanceof InvalidRequest) return { status: 400, errors: error.fieldErrors.map(fieldApiError) };
  // The contract says 400. A client that looks for the code finds it under any status.
  if (error instanceof NodeMissing) return { status: 400, errors: [missingNodeError(error, 'id')] };
  if (error instanceof MigrationMissing) return { status: 400, errors: [missingMigrationError(error, 'migrationId')] };
  if (error instanceof ResourceMissing) return { status: 400, errors: [missingResourceError(error)] };
  if (error instanceof TableInDoubt) return refusal(409, 'TABLE_IN_DOUBT', error.message);
  if (error instanceof ApiTokensUnusable) return refusal(500, 'API_TOKENS_UNUSABLE', error.message);
  if (error instanceof HoldfastError) return refusal(statusOf(error), codeOf(error.name), error.message);
  return refusal(500, 'INTERNAL_ERROR', 'Something went wrong; search the log for the id of this request.');
}

export function fieldApiError({ field, message, code = 'VALIDATION_ERROR' }: FieldError): ApiError {
  return { code, message, field };
}

export function missingNodeError({ message }: NodeMissing, field: string): ApiError {
  return { code: NODE_MISSING, message, field };
}

export function unreadableError({ name, message }: UnreadableRecord, field: string): ApiError {
  return { code: codeOf(name), message, field };
}

export function missingMigrationError({ message }: MigrationMissing, field: string): ApiError {
  return { code: 'MIGRATION_DOESNT_EXIST', message, field };
}

function missingResourceError({ message }: ResourceMissing): ApiError {
  return { code: 'RESOURCE_DOESNT_EXIST', message, field: 'resourceId' };
}

function refusal(status: ErrorStatus, code: string, message: string): Refusal {
  return { status, errors: [{ code, message }] };
}

/**
 * The same request may succeed later (429, 503), after the caller has looked at the node or its record (409), or never
 * (400).
 */
function statusOf({ name, category }: HoldfastError): ErrorStatus {
  if (name === 'Throttled') return 429;
  if (name === 'RecordContended' || name === 'UnreadableRecord') return 409;
  switch (category) {
    case 'transient':
    case 'capacity':
      return 503;
    case 'conflict':
      return 409;
    case 'permanent':
      return 400;
  }
}

/**
 * How long a caller should wait before it sends the request again, in whole seconds, for the statuses that pass by
 * themselves. A throttle is over within a second or two, because EC2's and DynamoDB's limits refill every second.
 * Source: RFC 9110, section 10.2.3
 */
const RETRY_AFTER_SECONDS: Partial<Record<number, number>> = { 429: 2, 503: 5 };

export function retryAfterSeconds(status: number): number | undefined {
  return RETRY_AFTER_SECONDS[status];
}

/** `ServiceUnavailable` becomes `SERVICE_UNAVAILABLE`. */
function codeOf(name: string): string {
  return name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
}
