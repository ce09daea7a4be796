// What a device type says and a phone may say itself (PHO-5), in groups; log-in is each form's own.
import { useTranslation } from 'react-i18next';
import { Fields } from '../../forms/EntityForm';
import { FieldGroup } from '../../forms/FieldGroup';
import type { EntityFormState } from '../../forms/useEntityForm';

export const LOGIN_OPTIONS = ['host', 'port', 'default_ip', 'insecure', 'digest', 'max_contacts'];
const NETWORK = ['nat', 'qualify_s', 'permit', 'deny', 'mask', 'tls_required'];
const CALLS = ['kind', 'from_user', 'from_domain', 'trust_rpid', 'promisc_redir'];
const VOICE = ['codecs', 'srtp', 'dtmf', 'progress_inband', 'direct_media', 't38', 'rtp_timeout_s', 'rtp_hold_timeout_s'];

export const ALL_OPTIONS = [...LOGIN_OPTIONS, ...NETWORK, ...CALLS, ...VOICE];

export function OptionGroups({ form }: { form: EntityFormState }) {
  const { t } = useTranslation();
  return (
    <>
      <FieldGroup title={t('phones.group.network')}>
        <Fields form={form} fields={NETWORK} />
      </FieldGroup>
      <FieldGroup title={t('phones.group.voice')}>
        <Fields form={form} fields={VOICE} />
      </FieldGroup>
      <FieldGroup title={t('phones.group.calls')}>
        <Fields form={form} fields={CALLS} />
      </FieldGroup>
    </>
  );
}
