# bring_hour UNIX_SECONDS LIBRARY LEAD: lets a moment come for the scheduler that stands, and no other.
# Prints "came", "none" (no scheduler runs) or "silent" (it ran nothing at that moment).
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
moment=$1 library=$2 lead=$3
mark=/run/hour entry=/etc/cron.d/hour
standing() {
    local one state
    for one in /proc/[0-9]*; do
        [ "$(readlink "$one/exe")" = /usr/sbin/cron ] || continue
        mapfile -d '' -t words <"$one/cmdline" && [ "${words[0]##*/}" = cron ] || continue
        state=$(<"$one/stat") && state=${state##*) }
        [[ $state = [TtZX]* ]] || { pid=${one#/proc/}; return 0; }
    done 2>/dev/null
    return 1
}
busy() { # the jobs of the scheduler, and what the service does on their account
    local one words
    for one in /proc/[0-9]*; do
        mapfile -d '' -t words <"$one/cmdline" || continue
        case ${words[0]##*/}:${words[2]} in CRON:*|*:--due|*:--apply) return 0 ;; esac
    done 2>/dev/null
    return 1
}
standing || { echo none; exit; }
rm -f "$mark"
if [ -d /etc/cron.d ]; then
    printf '%d %d * * * root : >%s\n' $((moment / 60 % 60)) $((moment / 3600 % 24)) "$mark" >"$entry"
fi
printf -v now '%(%s)T' -1
printf '%+d\n' $((moment - lead - now)) >/etc/faketimerc
echo "$library" >/etc/ld.so.preload
kill -9 "$pid"
while [ -e "/proc/$pid" ]; do :; done
setsid -f "${words[@]}" </dev/null >/dev/null 2>&1
end=$((SECONDS + lead + 5))
until [ -e "$mark" ] || [ $SECONDS -ge $end ]; do sleep 0.05; done
quiet=0
while [ $quiet -lt 5 ] && [ $SECONDS -lt $((end + 60)) ]; do
    sleep 0.05
    if busy; then quiet=0; else quiet=$((quiet + 1)); fi
done
if [ -e "$mark" ]; then echo came; else echo silent; fi
rm -f "$mark" "$entry" /etc/ld.so.preload /etc/faketimerc /dev/shm/*faketime_*
