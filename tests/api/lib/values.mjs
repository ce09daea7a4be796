// Values made from schemas: such as the document allows, and such as it does not.
import fc from 'fast-check';

// Networks that exist in examples only (RFC 5737, 3849, 6761): what is made of them reaches nobody.
const FORMATS = {
  ip: ['192.0.2.7', '2001:db8::7'],
  email: ['anna@example.invalid', "o'hara+x@example.invalid"],
  host: ['sip.example.invalid', '192.0.2.7:5070', '[2001:db8::7]:5061'],
  net: ['192.0.2.0/24', '198.51.100.9', '2001:db8::/64'],
  nets: ['192.0.2.0/24, 198.51.100.9'],
  codecs: ['alaw', 'g722,alaw'],
  server: ['sip.example.invalid', '<account>.example.invalid', '192.0.2.7:5070'],
  clock: ['00:00', '08:30', '24:00'],
  'star-code': ['*09', '#7', '*090#'],
  date: ['2031-12-24', '2032-02-29'],
  'local-date-time': ['2031-12-24T17:30'],
  mask: ['255.255.255.0'],
  'date-time': ['2031-01-31T12:00:00Z', '2032-02-29T23:59:59.999Z'],
};

/** What has hurt others: SQL, markup, paths, formulas, right to left, beyond the BMP. */
export const NASTY = ["'; DROP TABLE user; --", '" OR 1=1 --', '<script>alert(1)</script>', '../../../../etc/passwd', '%00', '%n%s', '=1+1',
  '${7*7}', '\u202eabc', 'e\u0301', '😀', 'ﬀ', 'İ', '\ufeffx', 'null', '0x10', '-1', '1e9', 'A'.repeat(300)];

const LONGEST = 60;
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

function pattern(schema, min, max) {
  const set = /^\^(\[.*\])\*\$$/su.exec(schema.pattern);
  if (!set) return fc.stringMatching(new RegExp(schema.pattern, 'u'));
  return fc.stringMatching(new RegExp(`^${set[1]}{${min},${max}}$`, 'u'));
}

function text(schema) {
  const min = schema.minLength ?? 0;
  const max = Math.min(schema.maxLength ?? LONGEST, Math.max(min, LONGEST));
  const fits = (one) => !CONTROL.test(one) && !/\p{Cs}/u.test(one) && one === one.trim() && [...one].length >= min && [...one].length <= max;
  if (schema.format && FORMATS[schema.format]) return fc.constantFrom(...FORMATS[schema.format], ...(min || schema.format.endsWith('date-time') ? [] : ['']));
  if (schema.pattern) return pattern(schema, min, max).filter((one) => one === one.trim() && !/\p{Cs}/u.test(one));
  const nasty = NASTY.filter(fits);
  const any = fc.string({ unit: 'grapheme', minLength: min, maxLength: Math.min(max, 20) }).filter(fits);
  return nasty.length ? fc.oneof(any, fc.constantFrom(...nasty)) : any;
}

/** ids: entity -> ids of rows that are there. */
export function valid(document, given, ids) {
  const schema = document.resolve(given);
  const base = () => {
    if (schema.enum) return fc.constantFrom(...schema.enum);
    if (schema['x-ref'] && schema.type === 'integer') return fc.constantFrom(...(ids[schema['x-ref']] ?? []), 987654321);
    switch (schema.type) {
      case 'boolean': return fc.boolean();
      case 'integer': return fc.integer({ min: schema.minimum ?? 0, max: Math.min(schema.maximum ?? 2 ** 31 - 1, 2 ** 31 - 1) });
      case 'string': return text(schema);
      case 'array': {
        const items = schema['x-ref'] ? { type: 'integer', 'x-ref': schema['x-ref'] } : schema.items;
        return fc.uniqueArray(valid(document, items, ids), { maxLength: Math.min(schema.maxItems ?? 4, 4), selector: JSON.stringify });
      }
      default: return object(document, schema, ids);
    }
  };
  return schema.nullable ? fc.option(base(), { nil: null, freq: 5 }) : base();
}

function object(document, schema, ids) {
  if (!schema.properties && schema.additionalProperties && schema.additionalProperties !== true)
    return fc.dictionary(fc.string({ maxLength: 8 }), valid(document, schema.additionalProperties, ids), { maxKeys: 3 });
  if (!schema.properties) return fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 });
  const fields = Object.entries(schema.properties).map(([name, one]) => [name, valid(document, one, ids)]);
  const optional = fields.filter(([name]) => !schema.required?.includes(name));
  const required = fields.filter(([name]) => schema.required?.includes(name));
  // A few of the optional ones: with all, hardly a combination makes sense.
  const some = fc.subarray(optional, { maxLength: Math.min(optional.length, 5) });
  return some.chain((chosen) => fc.record(Object.fromEntries([...required, ...chosen])));
}

const WRONG = [null, true, 0, -1, 1.5, 1e300, 2 ** 53, -(2 ** 53), '', ' ', 'x', '\u0001', 'a\u007f', 'x'.repeat(70_000), [], [[]], {}, [null], [-1], ['no such thing'],
  { $ref: 'x' }, ...NASTY];

/** Objects that the document does not allow, as text. */
export function invalid(operation, ids) {
  const { bodySchema: schema, bodyOk, document } = operation;
  const names = Object.keys(schema.properties ?? {});
  const some = valid(document, schema, ids);
  const changes = [
    fc.tuple(some, fc.constantFrom('id', '__proto__', 'no_such_field', 'x'.repeat(500), ' ', "a'b")).map(([one, name]) => ({ ...one, [name]: 1 })),
  ];
  if (names.length) changes.push(fc.tuple(some, fc.constantFrom(...names), fc.constantFrom(...WRONG)).map(([one, name, wrong]) => ({ ...one, [name]: wrong })));
  if (schema.required?.length)
    changes.push(fc.tuple(some, fc.constantFrom(...schema.required)).map(([one, name]) => Object.fromEntries(Object.entries(one).filter(([key]) => key !== name))));
  return fc.oneof(...changes).filter((one) => !bodyOk(one)).map((one) => JSON.stringify(one));
}

/** Bytes that are no JSON object at all. */
export function damaged(operation, ids) {
  const good = valid(operation.document, operation.bodySchema, ids).map((one) => JSON.stringify(one));
  const bytes = (...parts) => Buffer.concat(parts.map((one) => Buffer.from(one)));
  return fc.oneof(
    good.chain((one) => fc.nat({ max: Math.max(one.length - 1, 0) }).map((n) => Buffer.from(one.slice(0, n)))).filter((one) => one.length > 0),
    good.map((one) => bytes(one, '}')),
    good.map((one) => bytes([0xef, 0xbb, 0xbf], one)),
    good.map((one) => Buffer.from(one, 'utf16le')),
    good.map((one) => bytes(one, [0])),
    fc.constantFrom([0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82]).map((wrong) => bytes('{"a":"', wrong, '"}')),
    fc.constantFrom('{"a":"\\ud800"}', '{"a":"\\udc00\\ud800"}', '{"a":"\\u0000"}', '{"\\u0000":1}', '{"a":1,"a":2}', '{"a":01}', '{"a":1e999}',
      '{"a":99999999999999999999}', '{"a":NaN}', "{'a':1}", '{"a":"\n"}', '[]', 'null', '1', '"x"', '[{}]', '{"a":' + '['.repeat(40) + ']'.repeat(40) + '}',
      '{"a":'.repeat(5000) + '1' + '}'.repeat(5000), '['.repeat(15_000)).map((one) => Buffer.from(one)),
  );
}
