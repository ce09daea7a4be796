// What a provider says and a line may say itself (LIN-2), in groups.
import { useTranslation } from 'react-i18next';
import { Fields } from '../../forms/EntityForm';
import { FieldGroup } from '../../forms/FieldGroup';
import type { EntityFormState } from '../../forms/useEntityForm';

export const SERVER_OPTIONS = ['host', 'transport', 'proxy'];
export const REGISTER_OPTIONS = ['register', 'register_block', 'expires_s'];
export const NUMBER_OPTIONS = ['number_format', 'user_phone', 'from_says', 'identity', 'clir', 'incoming_from'];
const VOICE = ['codecs', 'srtp', 'dtmf', 'early_media', 'direct_media', 't38', 'rtp_timeout_s', 'rtp_hold_timeout_s'];
const CALLS = ['session_timer', 'session_expires_s', 'allow_redirect', 'allow_transfer', 'location'];
const CHECKS = ['qualify_s', 'permit', 'deny'];

export const ALL_OPTIONS = ['auth', ...SERVER_OPTIONS, ...REGISTER_OPTIONS, ...NUMBER_OPTIONS, ...VOICE, ...CALLS, ...CHECKS];

/** Those that look the same in both forms. */
export function CommonOptions({ form }: { form: EntityFormState }) {
  const { t } = useTranslation();
  return (
    <>
      <FieldGroup title={t('lines.group.voice')}>
        <Fields form={form} fields={VOICE} />
      </FieldGroup>
      <FieldGroup title={t('lines.group.calls')}>
        <Fields form={form} fields={CALLS} />
      </FieldGroup>
      <FieldGroup title={t('lines.group.checks')}>
        <Fields form={form} fields={CHECKS} />
      </FieldGroup>
    </>
  );
}
