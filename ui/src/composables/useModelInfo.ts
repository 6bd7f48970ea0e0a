import { fetchModelInfo } from '../api/client'
import { useResource } from './useResource'

/** The model in use; `info` stays `null` with state `ready` while none has been trained. */
export function useModelInfo() {
  const { state, data: info, error, reload } = useResource(fetchModelInfo)
  void reload()
  return { state, info, error, reload }
}
