// A mobile phone of somebody: its number, when and how it rings.
import { Loader, Modal, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useMobileTwins, type TwinsOf } from '../../api/mobileTwins';
import { useEntitySchema, type EntitySchema } from '../../api/openapi';
import type { MobileTwin } from '../../api/types';
import { EntityForm, Fields } from '../../forms/EntityForm';
import type { Values } from '../../forms/schema';
import { fieldHelp, fieldLabel } from '../../forms/texts';
import { useEntityForm } from '../../forms/useEntityForm';
import { notifyDone } from '../../shell/notify';
import { TimesField } from './TimesField';

const FIELDS = ['delay_s', 'confirm', 'group_calls', 'enabled'];

/** As people write numbers: 00 49 (171) 123-456. */
const international = (text: string) => text.replace(/[\s/().-]/g, '').replace(/^00/, '+');

interface MobileDialogueProps {
  whose: TwinsOf;
  /** null: a new one. */
  twin: MobileTwin | null;
  onClose: () => void;
}

function Inner({ whose, twin, onClose, schema }: MobileDialogueProps & { schema: EntitySchema }) {
  const { t } = useTranslation();
  const store = useMobileTwins(whose);
  const save = async (values: Values, before: Values) => {
    const owner = whose !== 'own' && !twin ? whose : {};
    await store.save.mutateAsync({ id: twin?.id ?? null, values: { ...values, ...owner }, before });
    notifyDone(t('forms.saved'));
    onClose();
  };
  const form = useEntityForm({ entity: 'mobile_twin', schema, stored: twin as Values | null, fields: ['number', ...FIELDS, 'times'], save });
  return (
    <EntityForm form={form} onCancel={onClose}>
      {/* longer while it is typed than it will be */}
      <TextInput
        name="number"
        label={fieldLabel('mobile_twin', 'number')}
        description={fieldHelp('mobile_twin', 'number', form.creating)}
        inputMode="tel"
        autoComplete="off"
        withAsterisk
        aria-required
        error={form.error('number')}
        value={String(form.value('number') ?? '')}
        onChange={(event) => form.set('number', international(event.currentTarget.value))}
      />
      <Fields form={form} fields={FIELDS} columns={1} />
      <TimesField value={String(form.value('times') ?? '')} error={form.error('times')} onChange={(times) => form.set('times', times)} />
    </EntityForm>
  );
}

export function MobileDialogue(props: MobileDialogueProps) {
  const { t } = useTranslation();
  const schema = useEntitySchema('mobile_twin', props.twin ? 'patch' : 'create');
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={props.twin ? t('mobile.change') : t('mobile.new')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('forms.cancel') }}
    >
      {schema ? <Inner {...props} schema={schema} /> : <Loader size="sm" />}
    </Modal>
  );
}
