import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { PolicyStatement, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';

/** Only letters and digits, so that it needs no quoting. It has 285 bits, so it cannot be guessed. */
const TOKEN_LENGTH = 48;

/**
 * The bearer token that API clients send, as JSON: `{"current": "..."}`. While clients change to a new token, the old
 * one may be kept as `previous`.
 *
 * It outlives the stack, because clients have it.
 */
export class ApiToken extends Construct {
  readonly secret: Secret;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.secret = new Secret(this, 'Secret', {
      description: 'The bearer token of the Holdfast API: {"current": "...", "previous": "..."}',
      generateSecretString: {
        secretStringTemplate: '{}',
        generateStringKey: 'current',
        excludePunctuation: true,
        passwordLength: TOKEN_LENGTH,
      },
      removalPolicy: RemovalPolicy.RETAIN,
    });
    Validations.of(this.secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'Rotation by a schedule would lock out every client that has the token. An operator rotates it, and both the ' +
        'old and the new token are valid until the clients have changed.',
    });
  }

  /** The secret is encrypted with AWS's own key, so the right to read the secret is enough. */
  grantRead(grantee: IGrantable): void {
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [this.secret.secretArn] }),
    );
  }
}
