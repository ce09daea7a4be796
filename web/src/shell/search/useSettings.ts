// What the search finds of the set-up: single settings, and the things that administrators make.
import { useTranslation } from 'react-i18next';
import { useList } from '../../api/collections';
import { useEntitySchema, type EntitySchema } from '../../api/openapi';
import type { AddressRule, Certificate, DeviceType, EntityName, MailTemplate } from '../../api/types';
import { fieldHelp, fieldLabel, optionLabel } from '../../forms/texts';
import { SOUGHT } from '../../forms/useSought';
import { settingsGroups } from '../../pages/settings/groups';
import type { IconName } from '../icons';
import { matcher } from './match';
import type { Result } from './useResults';

const PER_GROUP = 6;
const SETTINGS_MAX = 10;

interface Place {
  entity: EntityName;
  page: string;
  icon: IconName;
  group: string;
}

/** The fields of a form that fit, by what people read there and by what the server says of them. */
function fieldsOf(schema: EntitySchema | undefined, names: [name: string, detail: string][], place: Place, fits: ReturnType<typeof matcher>): Result[] {
  return names.flatMap(([name, detail]) => {
    const property = schema?.properties[name];
    const text = fieldLabel(place.entity, name, property);
    if (!property || !fits(text, fieldHelp(place.entity, name, false), property.description, detail)) return [];
    return [{ key: `${place.entity}.${name}`, group: place.group, icon: place.icon, text, detail, to: `${place.page}?${SOUGHT}=${name}` }];
  });
}

function useFields(search: string): Result[] {
  const { t } = useTranslation();
  const settings = useEntitySchema('settings', 'patch');
  const mail = useEntitySchema('mail_server', 'patch');
  if (!search) return [];
  const fits = matcher(search);
  const group = t('settings.title');
  const named = settings
    ? settingsGroups(settings).flatMap(({ id, fields }) => fields.map((name): [string, string] => [name, t(`settings.group.${id}`)]))
    : [];
  const ofMail = Object.keys(mail?.properties ?? {}).map((name): [string, string] => [name, t('mail.title')]);
  return [
    ...fieldsOf(settings, named, { entity: 'settings', page: '/settings', icon: 'settings', group }, fits),
    ...fieldsOf(mail, ofMail, { entity: 'mail_server', page: '/mail', icon: 'mail', group }, fits),
  ].slice(0, SETTINGS_MAX);
}

export function useSettings(search: string, asking: boolean): { results: Result[]; busy: boolean } {
  const { t } = useTranslation();
  const params = { search, page: 1, per_page: PER_GROUP };
  const types = useList<DeviceType>('device-types', params, asking);
  const certificates = useList<Certificate>('certificates', params, asking);
  const rules = useList<AddressRule>('address-rules', params, asking);
  // a dozen; what they are called is known here only
  const templates = useList<MailTemplate>('mail-templates', { page: 1, per_page: 100 }, asking);
  const fields = useFields(asking ? search : '');
  if (!asking) return { results: [], busy: false };

  const fits = matcher(search);
  const ofTypes = (types.data?.items ?? []).map(({ id, name, comment }): Result => ({
    key: `t${id}`, group: t('deviceTypes.title'), icon: 'deviceTypes', text: name, detail: comment, to: `/device-types/${id}`,
  }));
  const ofTemplates = (templates.data?.items ?? []).flatMap(({ id, kind, language, subject, text, standard_subject, standard_text }): Result[] => {
    const name = t(`mail.kind.${kind}`, { defaultValue: kind });
    const detail = optionLabel('user', 'language', language);
    if (!fits(name, detail, subject || standard_subject, text || standard_text)) return [];
    return [{ key: `m${id}`, group: t('mail.tab.texts'), icon: 'mail', text: name, detail, to: `/mail?tab=texts&template=${id}` }];
  });
  const ofCertificates = (certificates.data?.items ?? []).map(({ id, name, hosts }): Result => ({
    key: `c${id}`, group: t('certificates.title'), icon: 'certificate', text: name, detail: hosts, to: `/certificates?search=${encodeURIComponent(name)}`,
  }));
  const ofRules = (rules.data?.items ?? []).map(({ id, address, comment }): Result => ({
    key: `a${id}`, group: t('addresses.title'), icon: 'shield', text: address, detail: comment, to: `/addresses?search=${encodeURIComponent(address)}`,
  }));
  return {
    results: [...fields, ...ofTypes, ...ofTemplates.slice(0, PER_GROUP), ...ofCertificates, ...ofRules],
    busy: types.isFetching || certificates.isFetching || rules.isFetching || templates.isFetching,
  };
}
