package dev.duet.hazelcast.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.map.IMap;
import dev.duet.hazelcast.HazelcastStore;
import dev.duet.hazelcast.Members;
import dev.duet.store.Content;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.Operation;
import dev.duet.store.Payload;
import dev.duet.store.RecordKey;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PartitionProcessorIT {

    private static final NamespaceConfig CONFIG = new NamespaceConfig("steps", 1);
    private static final RecordKey KEY = CONFIG.recordKey("users", "a");

    @RegisterExtension
    static final Members members = new Members(2);

    private static PartitionProcessor put(long request) {
        Content content = new Content(Payload.of(new byte[] {1}), Content.FOREVER, 0);
        Step put = new Step.Execute(List.of(new Step.Call<>(KEY, new Operation.Put(content))));
        return new PartitionProcessor("steps", "n1", new Limits(0, 100), request, false, put);
    }

    private static IMap<Integer, PartitionState> partitions(int member) {
        HazelcastStore.using(members.get(member)).open(CONFIG, "n" + member);
        return members.get(member).getMap("duet.steps");
    }

    @Test
    void step_thatIsSentAgain_isTakenOnce() {
        IMap<Integer, PartitionState> partitions = partitions(0);

        byte[] first = partitions.executeOnKey(0, put(7));
        byte[] again = partitions.executeOnKey(0, put(7));
        byte[] another = partitions.executeOnKey(0, put(8));

        assertThat(again).isEqualTo(first);
        assertThat(another).isNotEqualTo(first);
        assertThat(partitions.get(0).partition().changesAfter(0)).hasSize(2);
    }
}
