// The first administrator and where he sits, described the way the API describes its entities.
import type { EntitySchema } from '../../api/openapi';

export const SETUP_FIELDS = ['first_name', 'last_name', 'login', 'password', 'password_again', 'email', 'number'];

export const SETUP_SCHEMA: EntitySchema = {
  required: ['first_name', 'last_name', 'login', 'password', 'password_again'],
  properties: {
    first_name: { type: 'string', maxLength: 60 },
    last_name: { type: 'string', maxLength: 60 },
    login: { type: 'string', minLength: 4, maxLength: 20, pattern: '^[0-9]+$' },
    password: { type: 'string', minLength: 6, maxLength: 128, pattern: '^[A-Za-zÀ-ÖØ-öø-ſẞ0-9_.#*-]*$', writeOnly: true },
    password_again: { type: 'string', writeOnly: true },
    email: { type: 'string', format: 'email', maxLength: 254 },
    number: { type: 'string', maxLength: 20, pattern: '^[0-9]+$' },
  },
};

/** What of the settings the wizard asks for. */
export const DIALLING_SCHEMA: EntitySchema = {
  required: ['country_code'],
  properties: {
    company: { type: 'string', maxLength: 80 },
    country_code: { type: 'string', minLength: 1, maxLength: 4, pattern: '^[0-9]+$' },
    area_code: { type: 'string', maxLength: 8, pattern: '^[0-9]*$' },
    outside_prefix: { type: 'string', maxLength: 4, pattern: '^[0-9*#]*$' },
    deposit: { type: 'string', maxLength: 20, pattern: '^[0-9]*$' },
  },
};
