// The OpenAPI document as a test reads it: its operations, and whether an answer is as it says.
import Ajv from 'ajv';

const pointer = (...parts) => 'api#/' + parts.map((one) => one.replace(/~/g, '~0').replace(/\//g, '~1')).map(encodeURIComponent).join('/');

/** Of what the document describes completely, nothing else may be in an answer. */
function close(schemas) {
  for (const schema of Object.values(schemas))
    if (schema.properties && schema.required?.length === Object.keys(schema.properties).length) schema.additionalProperties ??= false;
}

export class Document {
  constructor(json) {
    this.json = json;
    close(json.components.schemas);
    this.ajv = new Ajv({ strict: false, allErrors: false, logger: false, validateFormats: true });
    for (const name of ['ip', 'email', 'host', 'net', 'nets', 'codecs', 'mask', 'int64']) this.ajv.addFormat(name, true);
    this.ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/);
    this.ajv.addSchema(json, 'api');
    this.operations = Object.entries(json.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, raw]) => new Operation(this, path, method, raw)));
  }

  resolve(schema) {
    return schema?.$ref ? this.resolve(schema.$ref.slice(2).split('/').reduce((at, part) => at[part], this.json)) : schema;
  }

  validator(...path) {
    return this.ajv.compile({ $ref: pointer(...path) });
  }
}

export class Operation {
  constructor(document, path, method, raw) {
    Object.assign(this, { document, path, raw, method: method.toUpperCase(), name: `${method.toUpperCase()} ${path}` });
    this.isPublic = raw.security?.length === 0;
    this.parameters = raw.parameters ?? [];
    this.seen = new Set();
    const content = raw.requestBody?.content;
    if (!content) return;
    [this.bodyType] = Object.keys(content);
    this.bodySchema = document.resolve(content[this.bodyType].schema);
    this.bodyOk = document.validator('paths', path, method, 'requestBody', 'content', this.bodyType, 'schema');
    this.validators = new Map();
  }

  of(where) {
    return this.parameters.filter((one) => one.in === where);
  }

  get success() {
    return Number(Object.keys(this.raw.responses).find((status) => status.startsWith('2')));
  }

  get statuses() {
    return Object.keys(this.raw.responses).filter((status) => status !== 'default').map(Number);
  }

  /** Why the answer is not as the document says; undefined when it is. */
  fault(answer) {
    const described = this.document.resolve(this.raw.responses[answer.status]);
    if (!described) return `status ${answer.status} is not described`;
    this.seen.add(answer.status);
    if (!described.content) return answer.bytes.length ? 'there should be no body' : undefined;
    if (!described.content[answer.mediaType]) return `media type ${answer.mediaType} is not described`;
    if (answer.mediaType !== 'application/json') return undefined;
    return this.bodyFault(answer);
  }

  bodyFault(answer) {
    let body;
    try {
      body = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(answer.bytes));
    } catch (error) {
      return `the body is not JSON: ${error.message}`;
    }
    const ok = this.validator(answer.status);
    return ok(body) ? undefined : `the body is not as described: ${JSON.stringify(ok.errors.slice(0, 2))}`;
  }

  validator(status) {
    this.validators ??= new Map();
    if (!this.validators.has(status)) {
      const raw = this.raw.responses[status];
      const path = raw.$ref ? raw.$ref.slice(2).split('/') : ['paths', this.path, this.method.toLowerCase(), 'responses', String(status)];
      this.validators.set(status, this.document.validator(...path, 'content', 'application/json', 'schema'));
    }
    return this.validators.get(status);
  }
}
