// Changes several phones (PHO-2, PHO-4).
import type { Found, Phone } from '../../api/types';
import { BulkDialogue } from '../../forms/bulk/BulkDialogue';
import { ALL_OPTIONS } from './OptionGroups';

const FIRST = ['type', 'enabled', 'codecs', 'srtp', 'dtmf', 'nat', 'qualify_s', 'permit', 'direct_media'];
const OF_ONE = ['host', 'port', 'default_ip']; // an address belongs to one phone
const FIELDS = [...FIRST, ...ALL_OPTIONS.filter((field) => !FIRST.includes(field) && !OF_ONE.includes(field))];

export function BulkPhones({ phones, found, onClose }: { phones: Phone[]; found: Found | null; onClose: () => void }) {
  return <BulkDialogue entity="phone" collection="phones" fields={FIELDS} items={phones} found={found} nameOf={({ name }) => name} onClose={onClose} />;
}
