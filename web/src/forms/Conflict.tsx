// Somebody else has changed the same fields meanwhile: what they were, what they are now, what one has written oneself.
import { Button, Group, Modal, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ConflictError } from '../api/error';
import { fieldLabel } from './texts';
import type { EntityFormState } from './useEntityForm';
import { valueText } from './valueText';

export function Conflict({ form, conflict }: { form: EntityFormState; conflict: ConflictError }) {
  const { t } = useTranslation();
  const { entity, schema } = form;
  return (
    <Modal opened onClose={form.takeTheirs} title={t('forms.conflict.title')} size="lg" closeButtonProps={{ 'aria-label': t('forms.conflict.takeTheirs') }}>
      <Text size="sm" mb="sm">
        {t('forms.conflict.text')}
      </Text>
      <Table.ScrollContainer minWidth={280}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('changes.field')}</Table.Th>
              <Table.Th>{t('changes.before')}</Table.Th>
              <Table.Th>{t('forms.conflict.theirs')}</Table.Th>
              <Table.Th>{t('forms.conflict.mine')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {conflict.fields.map((field) => (
              <Table.Tr key={field}>
                <Table.Th scope="row">{fieldLabel(entity, field, schema.properties[field])}</Table.Th>
                <Table.Td>{valueText(t, entity, field, form.base[field])}</Table.Td>
                <Table.Td>{valueText(t, entity, field, conflict.present[field])}</Table.Td>
                <Table.Td>{valueText(t, entity, field, form.value(field))}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Group justify="flex-end" mt="md" gap="xs">
        <Button variant="default" onClick={form.takeTheirs} data-autofocus>
          {t('forms.conflict.takeTheirs')}
        </Button>
        <Button loading={form.saving} onClick={() => void form.keepMine()}>
          {t('forms.conflict.keepMine')}
        </Button>
      </Group>
    </Modal>
  );
}
