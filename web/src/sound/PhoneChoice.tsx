// Which phone of one's own shall ring; the choice is kept in this browser.
import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useDialPhone, useOwnPhones } from '../api/manager';

/** null: the first that is registered. */
export function useChosenPhone(): number | null {
  const [phone] = useDialPhone();
  const phones = useOwnPhones().data ?? [];
  return phones.some(({ id, registered }) => registered && id === phone) ? phone : null;
}

export function PhoneChoice() {
  const { t } = useTranslation();
  const [, setPhone] = useDialPhone();
  const chosen = useChosenPhone();
  const phones = (useOwnPhones().data ?? []).filter(({ registered }) => registered);
  return (
    <Select
      label={t('atPhone.phone')}
      placeholder={t('atPhone.first')}
      data={phones.map(({ id, name }) => ({ value: String(id), label: name }))}
      value={chosen === null ? null : String(chosen)}
      clearable
      clearButtonProps={{ 'aria-label': t('forms.clear') }}
      nothingFoundMessage={t('forms.nothingFound')}
      onChange={(id) => setPhone(id === null ? null : Number(id))}
    />
  );
}
