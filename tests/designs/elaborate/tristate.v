// Drivers that let go: a bus inside, pins at the top, nets that are pulled or wired.
module tristate (
    input wire clk,
    input wire rst,
    input wire oe,
    input wire [1:0] sel,
    input wire [7:0] a,
    input wire [7:0] b,
    inout wire [7:0] pad,
    inout wire pin,
    inout [3:0] only_read,
    output wire [7:0] value,
    output wire [7:0] free,
    output wire [7:0] pulled,
    output wire [3:0] anded,
    output wire [3:0] ored,
    output reg [3:0] variable,
    output wire [7:0] seen
);
    reg [7:0] q;
    // One bus, three drivers of which at most one holds.
    wire [7:0] bus;
    assign bus = sel == 0 ? q : 8'bz;
    source s (.on(sel == 1), .d(a), .bus(bus));
    source #(.INVERT(1)) t (.on(sel == 2), .d(b), .bus(bus));
    assign value = sel == 3 ? 8'h5a : bus;

    assign pad[7:4] = oe ? q[7:4] : 4'bzzzz;
    assign pad[3:0] = (oe & sel[0]) ? q[3:0] : {4{1'bz}};
    pin_driver d (.oe(~oe), .d(q[0]), .pin(pin));
    assign free = sel[1] ? {q[7:4], 4'bz} : {4'bz, a[3:0]};

    tri1 [7:0] up;
    assign up = oe ? a : 8'bz;
    wire half;
    pullup (half);
    bufif0 (half, a[0], oe);
    tri0 zero;
    assign pulled = {up[7:2], half, zero};

    wand [3:0] w;
    assign w = a[3:0];
    assign w = oe ? b[3:0] : 4'bz;
    wor [3:0] v;
    assign v = a[7:4];
    assign v = b[7:4];
    assign anded = w;
    assign ored = v;

    always @* begin
        variable = 4'bz;
        if (oe) variable = q[3:0];
    end
    assign seen = {pad[3:0] ^ only_read, pin, q[2:0]};

    always @(posedge clk or posedge rst)
        if (rst) q <= 8'h81;
        else if (sel[0]) q <= q + pad;
        else q <= {q[6:0], q[7]} ^ value;
endmodule

module source #(parameter INVERT = 0) (
    input wire on,
    input wire [7:0] d,
    inout wire [7:0] bus
);
    wire [7:0] out = INVERT ? ~d : d;
    assign bus = on ? out : 8'bz;
endmodule

module pin_driver (
    input wire oe,
    input wire d,
    inout wire pin
);
    bufif1 (pin, d, oe);
endmodule
