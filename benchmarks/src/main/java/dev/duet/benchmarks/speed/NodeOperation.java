package dev.duet.benchmarks.speed;

import dev.duet.benchmarks.systems.CacheNode;

/** Something done to a node of some system. */
abstract class NodeOperation implements Operation {

    final CacheNode node;

    /** Does it to a node, which is closed with this. */
    NodeOperation(CacheNode node) {
        this.node = node;
    }

    @Override
    public void close() {
        node.close();
    }
}
