// The field that the address names ("?field=ring_s"): the form goes there, puts the cursor in, and shows it for a moment.
import { useEffect, useRef, type RefObject } from 'react';
import { useSearchParams } from 'react-router-dom';
import classes from './forms.module.css';

/** In the address of a page with a form. */
export const SOUGHT = 'field';

const INPUTS = 'input:not([type=hidden]):not(:disabled), textarea, select';

function show(place: HTMLElement) {
  place.scrollIntoView({ block: 'center' });
  place.querySelector<HTMLElement>(INPUTS)?.focus({ preventScroll: true });
  place.classList.add(classes.sought ?? '');
  place.addEventListener('animationend', () => place.classList.remove(classes.sought ?? ''), { once: true });
}

export function useSought(): RefObject<HTMLFormElement> {
  const form = useRef<HTMLFormElement>(null);
  const [params, setParams] = useSearchParams();
  const field = params.get(SOUGHT);

  useEffect(() => {
    if (!field) return;
    const places = [...(form.current?.querySelectorAll<HTMLElement>('[data-setting]') ?? [])];
    // a field that is not shown now depends on one of the others, and those begin with what decides
    const place = places.find((one) => one.dataset.setting === field) ?? places[0];
    if (place) show(place);
    setParams(
      (old) => {
        old.delete(SOUGHT); // or going back to this page would jump again
        return old;
      },
      { replace: true },
    );
  }, [field, setParams]);
  return form;
}
