// Sets up one phone by hand (PHO-3): type, name and password; then what to type into the device.
import { Button, Group, List, Loader, Modal, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSave } from '../../api/collections';
import { userName } from '../../api/names';
import { useEntitySchema, type EntitySchema } from '../../api/openapi';
import type { Phone, User } from '../../api/types';
import { EntityForm, Fields } from '../../forms/EntityForm';
import type { Values } from '../../forms/schema';
import { useEntityForm } from '../../forms/useEntityForm';
import { notifyDone, notifyError } from '../../shell/notify';
import { SecretField } from './SecretField';
import { SipData } from './SipData';

const FIELDS = ['type', 'name'];

interface SetUpProps {
  /** Whose phone it is to be. */
  user?: User;
  onClose: () => void;
}

function Account({ schema, user, onMade, onClose }: SetUpProps & { schema: EntitySchema; onMade: (phone: Phone) => void }) {
  const { t } = useTranslation();
  const phones = useSave<Phone>('phones');
  const users = useSave<User>('users');
  const save = async (values: Values) => {
    const made = await phones.mutateAsync({ id: null, values });
    onMade(made);
    if (!user) return;
    try {
      await users.mutateAsync({ id: user.id, values: { phones: [...user.phones, made.id] }, before: { phones: user.phones } });
      notifyDone(t('phones.setUpDialogue.given', { name: userName(user) }));
    } catch (error) {
      notifyError(error); // the phone is there: it can be given by hand
    }
  };
  const form = useEntityForm({ entity: 'phone', schema, stored: null, fields: [...FIELDS, 'secret'], save });
  return (
    <EntityForm form={form} submitText={t('phones.setUpDialogue.next')} onCancel={onClose}>
      <Fields form={form} fields={FIELDS} />
      <SecretField form={form} />
    </EntityForm>
  );
}

function Steps({ phone, onClose }: { phone: Phone; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm">
      <Text fw={600}>{t('phones.setUpDialogue.steps')}</Text>
      <List type="ordered" size="sm" spacing={4}>
        <List.Item>{t('phones.setUpDialogue.step1')}</List.Item>
        <List.Item>{t('phones.setUpDialogue.step2')}</List.Item>
        <List.Item>{t('phones.setUpDialogue.step3')}</List.Item>
      </List>
      <SipData phone={phone} fresh />
      <Group justify="flex-end">
        <Button onClick={onClose} data-autofocus>
          {t('phones.setUpDialogue.done')}
        </Button>
      </Group>
    </Stack>
  );
}

export function SetUpDialogue(props: SetUpProps) {
  const { t } = useTranslation();
  const schema = useEntitySchema('phone', 'create');
  const [made, setMade] = useState<Phone | null>(null);
  const title = made ? made.name : t('phones.setUpDialogue.title');
  return (
    <Modal opened onClose={props.onClose} title={title} size="xl" closeButtonProps={{ 'aria-label': t('forms.close') }}>
      {made && <Steps phone={made} onClose={props.onClose} />}
      {!made && (schema ? <Account {...props} schema={schema} onMade={setMade} /> : <Loader size="sm" />)}
    </Modal>
  );
}
